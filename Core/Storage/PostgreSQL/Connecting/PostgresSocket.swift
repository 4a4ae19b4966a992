internal import CLibPQ

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The socket of a connection, as it is now: libpq takes another one for each server that it tries.
struct PostgresSocket {
    /// What is waited for.
    enum Purpose {
        case reading
        case writing
    }

    private let descriptor: Int32

    init(_ connection: OpaquePointer) { self.descriptor = PQsocket(connection) }

    /// Waits until there is something to do; an end of the connection is something too.
    ///
    /// - Parameters:
    ///   - purpose: What for.
    ///   - end: By when, in nanoseconds of ``PostgresAlarm/now``; `nil` for ever.
    /// - Returns: Whether there is.
    func isReady(_ purpose: Purpose, until end: UInt64?) -> Bool {
        let events = Int16(purpose == .reading ? POLLIN : POLLOUT)
        while true {
            let now = PostgresAlarm.system.now()
            let rest = end.map { $0 - min(now, $0) }
            var poller = pollfd(fd: self.descriptor, events: events, revents: 0)
            // Looked at once more when the time is over: it may have passed while this process stood still.
            let count = poll(&poller, 1, rest.map { Int32(clamping: $0 / 1_000_000 + ($0 == 0 ? 0 : 1)) } ?? -1)
            if count > 0 { return true }
            if rest == 0 { return false }
        }
    }
}
