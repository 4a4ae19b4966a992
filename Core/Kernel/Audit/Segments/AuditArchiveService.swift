internal import Logging
internal import ServiceLifecycle

/// Archives old months of the audit log for as long as the host runs.
struct AuditArchiveService: Service {
    private let log: AuditLog
    private let logger: Logger

    /// How long to wait when nothing is due.
    private static let rest = Duration.seconds(3_600)
    /// How long to wait when there is more: so that deleting takes but a part of the time of SQLite's one writer.
    private static let breath = Duration.milliseconds(100)

    init(_ log: AuditLog, _ logger: Logger) {
        self.log = log
        self.logger = logger
    }

    func run() async throws {
        guard let archiver = try self.log.makeArchiver() else {
            try? await gracefulShutdown()
            return
        }
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let pause = await self.step(archiver)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
        }
    }

    private func step(_ archiver: AuditArchiver) async -> Duration {
        do {
            return try await archiver.step().hasMore ? Self.breath : Self.rest
        } catch {
            self.logger.error("the audit log could not be archived", metadata: ["error": "\(error)"])
            return Self.rest
        }
    }
}
