package import AlmanacStorage
package import Logging
internal import ServiceLifecycle

/// Removes rows that plugins have declared to have had their time, a few at a time.
///
/// Each host does; two that meet at the same rows remove them once.
package struct RetentionService: Service {
    /// How many rows of a table one transaction removes: so that none takes long, and SQLite's one writer is free again.
    package static let batch = 500

    /// How long to wait when nothing is left.
    private static let rest = Duration.seconds(3_600)
    /// How long to wait when there is more.
    private static let breath = Duration.milliseconds(100)
    private static let scope = Scope.system(SystemScope("remove what plugins keep for a time"))

    private let database: Database
    private let rules: [RetentionRule]
    private let logger: Logger

    package init(_ database: Database, _ declarations: [Declaration], logger: Logger) {
        self.database = database
        self.rules = RetentionRule.all(declarations)
        self.logger = logger
    }

    /// What a step has done.
    package struct Progress: Sendable, Equatable {
        /// How many rows are gone, by table (`messaging.delivery`).
        package var removed: [String: Int] = [:]
        /// Whether there may be more to do at once.
        package var hasMore = false
    }

    /// Removes at most ``batch`` rows of each table.
    ///
    /// A table whose rows cannot be removed, because others point at them, is told in the log and holds no other up.
    package func step() async -> Progress {
        var progress = Progress()
        for rule in self.rules {
            do {
                let database = self.database.entering(rule.retention.table.namespace)
                guard try await database.read(in: Self.scope, { try rule.isDue(in: $0) }) else { continue }
                let removed = try await database.write(in: Self.scope) { try rule.remove(limit: Self.batch, in: $0) }
                progress.removed[rule.name] = removed
                if removed == Self.batch { progress.hasMore = true }
            } catch {
                self.logger.warning(
                    "rows that have had their time could not be removed",
                    metadata: ["table": "\(rule.name)", "error": "\(error)"])
            }
        }
        return progress
    }

    package func run() async throws {
        guard !self.rules.isEmpty else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let progress = await self.step()
                try? await Task.sleep(for: progress.hasMore ? Self.breath : Self.rest)
            }
        }
    }
}
