internal import CLibPQ

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Asks a server whether it is there, as whoever connects does, and hangs up at the first byte of its answer.
struct PostgresProbe {
    private let configuration: PostgresConfiguration
    /// The server that is asked, of several that the URL may name.
    private let host: String?
    private let port: String?

    /// - Parameters:
    ///   - configuration: Where the server is.
    ///   - connection: A connection to it, whose end is asked; the first place of the URL when `nil`.
    init(_ configuration: PostgresConfiguration, like connection: OpaquePointer? = nil) {
        self.configuration = configuration
        self.host = connection.flatMap { PQhost($0) }.map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        self.port = connection.flatMap { PQport($0) }.map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether anything comes back within so many nanoseconds; a refusal is an answer.
    func isAnswered(within patience: UInt64, clock: () -> UInt64) -> Bool {
        guard let pointer = self.begin() else { return true }
        defer { PQfinish(pointer) }
        let start = clock()
        var awaited = PGRES_POLLING_WRITING
        while PQstatus(pointer) != CONNECTION_BAD {
            let passed = min(clock() - start, patience)
            let events = Int16(awaited == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            var poller = pollfd(fd: PQsocket(pointer), events: events, revents: 0)
            // Looked at once more when the time is over: it may have passed while this process stood still.
            let count = poll(&poller, 1, passed == patience ? 0 : Int32(clamping: (patience - passed) / 1_000_000 + 1))
            // Readable, or at an end: either way somebody is there.
            if count > 0, events == Int16(POLLIN) { return true }
            guard count > 0 else {
                if passed == patience { return false }
                continue
            }
            awaited = PQconnectPoll(pointer)
            if awaited == PGRES_POLLING_OK { return true }
            if awaited == PGRES_POLLING_FAILED { break }
        }
        return !Self.isOfTheNetwork(pointer)
    }

    /// Whether connecting failed on the way: then nobody has answered.
    ///
    /// libpq tells it in the words of the system only.
    private static func isOfTheNetwork(_ pointer: OpaquePointer) -> Bool {
        let said = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
        // The last two are what a socket of this machine says when nobody takes connections from its queue.
        return [ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, ETIMEDOUT, ENOTCONN, EAGAIN].contains {
            said.contains(String(cString: strerror($0)))
        }
    }

    private func begin() -> OpaquePointer? {
        var options: [(String, String?)] = [
            ("application_name", self.configuration.applicationName),
            ("dbname", self.configuration.url.secretText), ("dbname", self.configuration.url.database),
        ]
        if let host = self.host { options.append(("host", host)) }
        if let port = self.port { options.append(("port", port)) }
        let keywords = options.map { UnsafePointer(strdup($0.0)) } + [nil]
        let values = options.map { UnsafePointer($0.1.flatMap { strdup($0) }) } + [nil]
        defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
        return PQconnectStartParams(keywords, values, 1)
    }
}

extension PostgresProbe {
    /// Whether a URL names several servers, of which any may answer.
    static func namesSeveral(_ url: PostgresURL) -> Bool {
        guard let options = PQconninfoParse(url.secretText, nil) else { return false }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            let name = String(cString: keyword)
            if name == "host" || name == "hostaddr", let value = option.pointee.val, strchr(value, 0x2C) != nil {
                return true
            }
            option += 1
        }
        return false
    }
}
