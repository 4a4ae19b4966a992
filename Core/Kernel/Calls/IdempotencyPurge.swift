package import AlmanacStorage
package import Logging
internal import ServiceLifecycle

/// Forgets idempotency keys a day after they were used.
///
/// An expired key is taken over by the next call that uses it, so this only keeps the table small.
package struct IdempotencyPurge: Service {
    private static let batch = 500
    private static let pause = Duration.seconds(600)

    private let database: Database
    private let logger: Logger

    package init(database: Database, logger: Logger) {
        self.database = database.entering(.kernel)
        self.logger = logger
    }

    /// Forgets one batch, in a transaction of its own.
    ///
    /// - Returns: How many keys were forgotten; fewer than a batch when none is left.
    package func step() async throws -> Int {
        try await self.database.write(in: .system(SystemScope("forget idempotency keys"))) { tx in
            try IdempotencyLedger.purge(limit: Self.batch, in: tx)
        }
    }

    package func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                while try await self.step() == Self.batch, !Task.isShuttingDownGracefully {}
            } catch {
                self.logger.warning("idempotency keys cannot be forgotten", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
        }
    }
}
