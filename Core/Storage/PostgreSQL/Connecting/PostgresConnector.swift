internal import CLibPQ

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Opens connections, and waits for no server that says nothing.
///
/// libpq tries the servers of a URL one after the other, but without blocking it has no limit of time for any of them,
/// and cannot be told to go on to the next. So who says nothing is left out, and it begins again with the others: which
/// of those will do, and in which order they are tried, stays its business.
struct PostgresConnector {
    private let configuration: PostgresConfiguration
    /// How many nanoseconds a server may take for its first word; `nil` for as long as connecting may take.
    private let patience: UInt64?

    /// - Parameters:
    ///   - configuration: Where to connect.
    ///   - patience: How many nanoseconds a server may take for its first word; connecting to it has the limit of
    ///     ``PostgresConfiguration/connectTimeout`` besides.
    init(_ configuration: PostgresConfiguration, patience: UInt64? = nil) {
        self.configuration = configuration
        self.patience = patience
    }

    /// Connects to the first server that will do.
    ///
    /// - Returns: A connection that is open; the caller's to close.
    /// - Throws: ``StorageError`` with code `unavailable`, naming the place and never the password.
    func open() throws(StorageError) -> OpaquePointer {
        var silent: [PostgresAddress] = []
        // As the URL names them, at first.
        var servers: [PostgresAddress] = []
        while true {
            guard let pointer = self.begin(servers) else {
                throw StorageError(.unavailable, "libpq has no memory for a connection")
            }
            guard let mute = self.silentServer(of: pointer) else { return try self.opened(pointer, silent) }
            PQfinish(pointer)
            silent.append(mute)
            let named = servers.isEmpty ? PostgresAddress.all(of: self.configuration.url, like: mute) : servers
            servers = named.filter { !$0.matches(mute) }
            // What cannot be left out would be tried for ever.
            guard !servers.isEmpty, servers.count < named.count else { throw self.refusal(silent.map(\.failure)) }
        }
    }

    private func opened(
        _ pointer: OpaquePointer, _ silent: [PostgresAddress]
    ) throws(StorageError) -> OpaquePointer {
        guard PQstatus(pointer) != CONNECTION_OK else { return pointer }
        let reason = PostgresHandle.message(of: pointer)
        PQfinish(pointer)
        throw self.refusal(silent.map(\.failure) + [reason])
    }

    private func refusal(_ reasons: [String]) -> StorageError {
        let url = self.configuration.url
        let reason = url.redacting(reasons.joined(separator: "; "))
        return StorageError(
            .unavailable,
            "cannot reach \(url.place): \(reason)\(reason.hasSuffix("?") ? "" : ".") Check that the server "
                + "runs and that the URL is right")
    }

    // MARK: Waiting

    /// Waits until libpq has connected or given up.
    ///
    /// - Returns: The server that keeps it waiting for too long; `nil` when there is none.
    private func silentServer(of pointer: OpaquePointer) -> PostgresAddress? {
        let limit = self.limit(of: pointer)
        let first = self.patience.map { min($0, limit ?? .max) } ?? limit
        let now = PostgresAlarm.system.now
        var server = PostgresAddress(triedBy: pointer)
        var (since, hasAnswered) = (now(), false)
        // What connecting begins with (PostgreSQL documentation, `PQconnectStartParams`).
        var awaited = PGRES_POLLING_WRITING
        while PQstatus(pointer) != CONNECTION_BAD {
            let isReading = awaited == PGRES_POLLING_READING
            let end = (hasAnswered ? limit : first).map { since + $0 }
            guard PostgresSocket(pointer).isReady(isReading ? .reading : .writing, until: end) else { return server }
            if isReading { hasAnswered = true }
            awaited = PQconnectPoll(pointer)
            if awaited == PGRES_POLLING_OK || awaited == PGRES_POLLING_FAILED { return nil }
            // libpq has gone on to the next one by itself, which has a time of its own.
            let next = PostgresAddress(triedBy: pointer)
            if next != server { (server, since, hasAnswered) = (next, now(), false) }
        }
        return nil
    }

    /// How many nanoseconds connecting to one server may take; `nil` without limit.
    ///
    /// What the URL says counts. As libpq reads it: 0 is without limit, and a second is too little.
    private func limit(of pointer: OpaquePointer) -> UInt64? {
        let said = PostgresInspection.option("connect_timeout", pointer).flatMap { Int32($0) }
        let seconds = said.map { Int($0) } ?? self.seconds
        return seconds > 0 ? UInt64(max(seconds, 2)) * 1_000_000_000 : nil
    }

    /// How long connecting to one server may take where the URL says nothing of it.
    private var seconds: Int { max((Int(self.configuration.connectTimeout.postgresMilliseconds) + 999) / 1_000, 2) }

    // MARK: Beginning

    /// Begins to connect.
    ///
    /// - Parameter servers: Whom to try; those of the URL when empty.
    /// - Returns: A connection on its way; `nil` when there is no memory for it.
    private func begin(_ servers: [PostgresAddress]) -> OpaquePointer? {
        let configuration = self.configuration
        // Of equal keywords the last one counts: what stands before the URL gives way to it.
        var options: [(String, String?)] = [
            ("application_name", configuration.applicationName), ("connect_timeout", "\(self.seconds)"),
            // A server that vanished without a word is noticed within a minute, also while we wait for it.
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
        ]
        options.append(("dbname", configuration.url.secretText))
        options.append(("dbname", configuration.url.database))
        options.append(("client_encoding", "UTF8"))
        if !servers.isEmpty {
            options.append(("host", servers.map(\.host).joined(separator: ",")))
            options.append(("port", servers.map(\.port).joined(separator: ",")))
            if servers.contains(where: { !$0.address.isEmpty }) {
                options.append(("hostaddr", servers.map(\.address).joined(separator: ",")))
            }
        }
        return Self.start(options)
    }

    private static func start(_ options: [(String, String?)]) -> OpaquePointer? {
        let keywords = options.map { UnsafePointer(strdup($0.0)) } + [nil]
        let values = options.map { UnsafePointer($0.1.flatMap { strdup($0) }) } + [nil]
        defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
        return PQconnectStartParams(keywords, values, 1)
    }
}
