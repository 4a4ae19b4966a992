import Synchronization

/// What happened, in order; shared by closures that run on other threads.
final class Log: Sendable {
    private let entries = Mutex<[String]>([])

    /// What has been noted so far.
    var all: [String] { self.entries.withLock { $0 } }

    /// Notes something.
    func note(_ entry: String) { self.entries.withLock { $0.append(entry) } }
}
