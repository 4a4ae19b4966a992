internal import Synchronization

/// What the watchdog is told of a handler that runs inside a transaction, on the thread of its connection.
///
/// Its code must come back; what the database takes for a statement has a limit of its own. So the watch begins anew at
/// each statement, or a database that is slow would end every host in turn.
final class HandlerWatch: Sendable {
    private let what: String
    private let watchdog: Watchdog
    private let id = Mutex<Int?>(nil)

    init(_ what: String, _ watchdog: Watchdog) {
        self.what = what
        self.watchdog = watchdog
    }

    /// The handler begins, on the calling thread.
    func begin() { self.id.withLock { $0 = self.watchdog.begin(self.what) } }

    /// The handler has come as far as a statement.
    func renew() { self.id.withLock { id in if let id { self.watchdog.renew(id) } } }

    /// The handler has come back.
    func end() {
        self.id.withLock { id in
            if let id { self.watchdog.end(id) }
            id = nil
        }
    }
}
