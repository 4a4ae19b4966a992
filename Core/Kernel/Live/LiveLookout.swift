internal import AlmanacStorage
internal import Logging
internal import ServiceLifecycle

/// Looks for what other hosts have changed of that which is followed here; and lets followers look at the time.
///
/// One for a host, however many follow: see ``LiveTopic``.
package struct LiveLookout: Sendable {
    /// How long it rests between two looks.
    private static let pause = Duration.milliseconds(500)
    private static let penance = Duration.seconds(2)
    /// How many subjects are asked for at once.
    private static let batch = 512

    private let updates: LiveUpdates
    private let platform: Platform
    private let database: Database

    init(_ updates: LiveUpdates, _ platform: Platform, _ database: Database) {
        self.updates = updates
        self.platform = platform
        self.database = database
    }

    /// Runs until graceful shutdown.
    func run(_ report: WorkReport, _ logger: Logger) async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                // Time goes on also while the database does not answer.
                group.addTask {
                    while (try? await Task.sleep(for: Self.pause)) != nil { self.updates.tick() }
                }
                group.addTask {
                    while (try? await Task.sleep(for: Self.pause)) != nil { await self.lookOrRest(report, logger) }
                }
            }
        }
    }

    private func lookOrRest(_ report: WorkReport, _ logger: Logger) async {
        do {
            try await self.look()
            report.succeeded()
        } catch {
            guard !Task.isCancelled else { return }
            report.failed(error)
            logger.warning("what is followed live cannot be looked at", metadata: ["error": "\(error)"])
            try? await Task.sleep(for: Self.penance)
        }
    }

    /// Reads the numbers of everything that is followed, and wakes those who follow what has changed; asks nobody when
    /// nobody follows anything.
    ///
    /// - Throws: What the database throws.
    package func look() async throws {
        let topics = Dictionary(grouping: self.updates.subjects, by: \.topic)
        for (owner, topic) in self.platform.graph.contributions(of: LiveTopic.self) {
            var rest = topics[topic.name, default: []][...]
            while !rest.isEmpty {
                let asked = Array(rest.prefix(Self.batch))
                rest = rest.dropFirst(Self.batch)
                let numbers = try await self.database.entering(owner.namespace).read(
                    in: .system(SystemScope("what is followed live"))
                ) { try topic.changes(asked, $0) }
                self.updates.note(numbers, of: asked)
            }
        }
    }
}
