internal import AlmanacStorage
internal import Logging
internal import Metrics
internal import ServiceLifecycle

/// Removes rows that have had their time: the kernel's own and those that plugins have declared, a few at a time.
///
/// Each host does; two that meet at the same rows remove them once.
package struct RetentionService: Service {
    /// How many rows of a table one transaction removes: so that none takes long, and SQLite's one writer is free again.
    package static let batch = 500

    /// How long to wait when nothing is left.
    private static let rest = Duration.seconds(600)
    /// How long to wait when there is more.
    private static let breath = Duration.milliseconds(100)
    private static let scope = Scope.system(SystemScope("remove what is kept for a time"))

    private let database: Database
    private let rules: [RetentionRule]
    private let isPostgres: Bool
    private let logger: Logger

    init(_ database: Database, _ rules: [RetentionRule], logger: Logger) {
        self.database = database
        self.rules = rules
        self.isPostgres = database.engine.name == "postgres"
        self.logger = logger
    }

    /// What a step has done.
    package struct Progress: Sendable, Equatable {
        /// How many rows are gone, by table (`messaging.delivery`).
        package var removed: [String: Int] = [:]
        /// The tables whose rows could not be removed; why is in the log.
        package var failed: [String] = []
        /// Whether there may be more to do at once.
        package var hasMore = false
    }

    /// Removes at most ``batch`` rows by each rule.
    ///
    /// A table whose rows cannot be removed, because others point at them, is told in the log and holds no other up.
    package func step() async -> Progress {
        var progress = Progress()
        for rule in self.rules where !Task.isCancelled {
            do {
                let removed = try await self.apply(rule)
                guard removed > 0 else { continue }
                progress.removed[rule.name, default: 0] += removed
                if removed == Self.batch { progress.hasMore = true }
            } catch is CancellationError {
                // The host ends; what was begun has been rolled back.
                return progress
            } catch {
                progress.failed.append(rule.name)
                self.logger.warning(
                    "rows that have had their time could not be removed",
                    metadata: ["table": "\(rule.name)", "error": "\(error)"])
            }
        }
        return progress
    }

    /// Takes steps until nothing is left that can be removed.
    package func drain() async -> Progress {
        var total = Progress()
        while true {
            let progress = await self.step()
            total.removed.merge(progress.removed) { $0 + $1 }
            total.failed = progress.failed
            guard progress.hasMore else { return total }
        }
    }

    private func apply(_ rule: RetentionRule) async throws -> Int {
        let database = self.database.entering(rule.table.namespace)
        guard try await database.read(in: Self.scope, { try rule.isDue(in: $0) }) else { return 0 }
        let isPostgres = self.isPostgres
        let removed = try await database.write(in: Self.scope) { tx in
            try rule.remove(limit: Self.batch, isPostgres: isPostgres, in: tx)
        }
        Counter(label: KernelMetrics.retention.name, dimensions: [("table", rule.name)]).increment(by: removed)
        return removed
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let progress = await self.step()
                try? await Task.sleep(for: progress.hasMore ? Self.breath : Self.rest)
            }
        }
    }
}
