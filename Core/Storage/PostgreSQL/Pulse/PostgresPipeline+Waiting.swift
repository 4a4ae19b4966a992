internal import CLibPQ

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Waiting for the server, but not for one that is gone.
extension PostgresPipeline {
    /// Sends what libpq still holds.
    ///
    /// - Returns: Whether all of it was sent; otherwise the connection is of no further use.
    func flush() -> Bool {
        var since = self.pulse.now
        while true {
            switch PQflush(self.handle.pointer) {
            case 0: return true
            case 1:
                guard self.await(Int16(POLLIN | POLLOUT), &since) else { return false }
                // A server that waits for us to read does not read itself.
                guard PQconsumeInput(self.handle.pointer) == 1 else { return false }
            default: return false
            }
        }
    }

    /// Waits until the next answer can be taken without waiting.
    ///
    /// - Returns: Whether it has arrived, or libpq knows that none will; `false` when the server does not answer any more.
    func awaitAnswer(_ since: inout UInt64) -> Bool {
        while PQisBusy(self.handle.pointer) == 1 {
            guard self.await(Int16(POLLIN), &since) else { return false }
            guard PQconsumeInput(self.handle.pointer) == 1 else { return true }
        }
        return true
    }

    /// Waits for the socket.
    ///
    /// - Parameters:
    ///   - events: What for.
    ///   - since: Since when the server has said nothing here; set anew when it does.
    /// - Returns: Whether there is something to do.
    private func await(_ events: Int16, _ since: inout UInt64) -> Bool {
        while true {
            switch self.pulse.advice(silentSince: since) {
            case .wait(let nanoseconds):
                let rest = min(nanoseconds, self.rest(of: since))
                if self.isReady(events, within: self.isHiding ? min(rest, Self.glance) : rest, &since) { return true }
                guard rest > 0 else { return false }
                if self.isHiding { return true }
            case .probe:
                let probe = PostgresProbe(self.configuration, like: self.handle.pointer)
                let pulse = self.pulse
                pulse.probed(
                    answered: probe.isAnswered(within: pulse.patience ?? .max) { pulse.now })
            case .giveUp: return self.isReady(events, within: 0, &since)
            }
        }
    }

    /// How many nanoseconds are left of the longest that a server may take which answers others and not this connection.
    private func rest(of since: UInt64) -> UInt64 {
        guard let statement = self.configuration.statementTimeout.postgresNanoseconds else { return .max }
        let (limit, overflow) = statement.multipliedReportingOverflow(by: UInt64(max(self.commandsUnderWay, 1)))
        guard !overflow else { return .max }
        let passed = self.pulse.now - since
        let whole = limit.addingReportingOverflow(Self.grace)
        return whole.overflow ? .max : whole.partialValue - min(passed, whole.partialValue)
    }

    /// The server ends statements itself; this much later something is wrong with it.
    private static let grace: UInt64 = 5_000_000_000

    /// How long to wait at most where what has arrived may not be seen: 20 ms.
    private static let glance: UInt64 = 20_000_000

    /// Whether what has arrived may not be seen at the socket: TLS decrypts whole records, of which libpq takes what it
    /// has room for; the rest it only finds when it looks.
    private var isHiding: Bool { PQsslInUse(self.handle.pointer) == 1 }

    private func isReady(_ events: Int16, within nanoseconds: UInt64, _ since: inout UInt64) -> Bool {
        var poller = pollfd(fd: PQsocket(self.handle.pointer), events: events, revents: 0)
        let milliseconds =
            nanoseconds == .max ? -1 : nanoseconds == 0 ? 0 : Int32(clamping: nanoseconds / 1_000_000 + 1)
        guard poll(&poller, 1, milliseconds) > 0 else { return false }
        since = self.pulse.now
        // Room to write there is as long as the system of a server that hangs takes what it does not read.
        if poller.revents & Int16(POLLIN) != 0 { self.pulse.heard() }
        return true
    }
}
