internal import Synchronization

/// What happened, in order; shared by closures that run on other threads.
public final class TestLog: Sendable {
    private let entries = Mutex<[String]>([])

    /// Makes an empty log.
    public init() {}

    /// What has been noted so far.
    public var all: [String] { self.entries.withLock { $0 } }

    /// Notes something.
    public func note(_ entry: String) { self.entries.withLock { $0.append(entry) } }
}
