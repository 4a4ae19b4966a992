internal import Logging
internal import ServiceLifecycle

/// Seals audit entries, signs checkpoints and writes counted refusals for as long as the host runs, and what is left when it ends.
struct AuditService: Service {
    private let log: AuditLog
    private let report: WorkReport
    private let logger: Logger

    /// How long to wait when there is nothing to seal.
    private static let rest = Duration.seconds(1)
    /// How long to wait when there is more to seal: so that sealing takes but a tenth of the time of SQLite's one writer,
    /// and what it cannot keep up with is sealed when the rush is over.
    private static let breath = Duration.milliseconds(50)
    /// How long to wait after a failure.
    private static let penance = Duration.seconds(5)
    /// Whether to sign is asked once in so many steps.
    private static let stepsPerCheckpoint = 10

    init(_ log: AuditLog, _ report: WorkReport, _ logger: Logger) {
        self.log = log
        self.report = report
        self.logger = logger
    }

    /// Runs until graceful shutdown.
    ///
    /// - Throws: ``UnfitToBegin`` when the key of the checkpoints cannot be had: at once.
    func run() async throws {
        let writer: CheckpointWriter?
        do {
            writer = try self.log.makeCheckpointWriter()
        } catch {
            // An operator has to mend that; the log must not go on unsigned meanwhile.
            throw UnfitToBegin(cause: error)
        }
        await cancelWhenGracefulShutdown {
            var steps = 0
            while !Task.isCancelled {
                let pause = await self.step(writer, isCheckpointDue: steps.isMultiple(of: Self.stepsPerCheckpoint))
                steps += 1
                try? await Task.sleep(for: pause)
            }
        }
        self.log.refusals.flush(all: true)
        await self.log.refusals.settle()
        do {
            try await self.log.sealer.sealAll()
            try await writer?.step(isLast: true)
        } catch {
            self.logger.error("the last audit entries could not be sealed", metadata: ["error": "\(error)"])
        }
    }

    private func step(_ writer: CheckpointWriter?, isCheckpointDue: Bool) async -> Duration {
        self.log.refusals.flush()
        do {
            let progress = try await self.log.sealer.seal()
            if isCheckpointDue { try await writer?.step() }
            self.report.succeeded()
            return progress.hasMore ? Self.breath : Self.rest
        } catch {
            // What ends is not to be blamed for it.
            if !(error is CancellationError) { self.report.failed(error) }
            self.logger.error("audit entries could not be sealed or signed", metadata: ["error": "\(error)"])
            return Self.penance
        }
    }
}
