internal import AlmanacStorage
internal import Logging
internal import Synchronization

/// Says once a minute that limits are not shared because the database does not answer.
final class HostsNotice: Sendable {
    private static let pause: Int64 = 60_000_000

    private let logger: Logger
    private let last = Mutex<Instant?>(nil)

    init(_ logger: Logger) {
        self.logger = logger
    }

    func note(_ error: any Error, at now: Instant) {
        let isDue = self.last.withLock { last in
            if let known = last, (0..<Self.pause).contains(now.microseconds(since: known)) { return false }
            last = now
            return true
        }
        guard isDue else { return }
        self.logger.warning(
            "rate limits are counted by this host alone: the database does not answer",
            metadata: ["error": "\(error.storageError?.message ?? "\(error)")"])
    }
}
