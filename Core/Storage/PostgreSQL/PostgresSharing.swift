internal import CLibPQ
internal import Logging

/// Finds out whether sessions of the server are shared by connections, as behind a pooler in transaction mode.
enum PostgresSharing {
    /// Looks at a connection on which nothing has happened yet, and changes nothing.
    ///
    /// - Returns: `false` where a pooler was not caught, which is certain only where there is none.
    static func isFound(
        from handle: PostgresHandle, _ configuration: PostgresConfiguration, _ logger: Logger
    ) throws(StorageError) -> Bool {
        // A server tells its process when it greets; a pooler greets before there is one, and makes a number up.
        guard try self.process(of: handle) != PQbackendPID(handle.pointer) else { return false }
        let other = try PostgresHandle(configuration, logger)
        // Between two of our statements somebody else may take the session; hardly every time.
        for _ in 0..<5 where try self.process(of: handle) == self.process(of: other) { return true }
        return false
    }

    /// What to tell who needs a session.
    static func message(of url: PostgresURL) -> String {
        """
        \(url.place) is a connection pooler that gives out sessions for one transaction each, and this work needs a \
        session of its own: say `pooler: transaction` under `storage` in the manifest, and name the server itself in \
        storage.ownerUrl
        """
    }

    private static func process(of handle: PostgresHandle) throws(StorageError) -> Int32? {
        try handle.execute("SELECT pg_backend_pid()").texts.first?.first.flatMap { $0 }.flatMap { Int32($0) }
    }
}
