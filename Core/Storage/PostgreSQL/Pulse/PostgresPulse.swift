internal import Synchronization

/// Whether the server answers at all: what the connections of an engine know together.
///
/// A statement that takes long and a server that has been stopped look the same to whoever waits. Whoever has waited for
/// a moment in which nobody heard anything asks the server something that it answers at once: when that remains without
/// an answer too, the server is gone and nobody need wait for it.
final class PostgresPulse: Sendable {
    /// What somebody who waits does next.
    enum Advice: Equatable {
        /// Wait for so many nanoseconds more.
        case wait(UInt64)
        /// Ask whether the server answers, then tell by ``probed(answered:at:)``; the others wait meanwhile.
        case probe
        /// Wait no longer.
        case giveUp
    }

    private struct State {
        /// When nobody answered the last question that nobody answered.
        var silence: UInt64?
        /// Since when somebody asks.
        var probing: UInt64?
    }

    /// How long those who wait for somebody else's question rest before they look again.
    private static let moment: UInt64 = 20_000_000

    /// For how many nanoseconds nobody hears anything before the server is asked, and how long it may take to answer;
    /// `nil` for ever.
    let patience: UInt64?
    private let clock: @Sendable () -> UInt64
    private let heardAt: Atomic<UInt64>
    private let state = Mutex(State())

    /// - Parameters:
    ///   - patience: How long to wait; not positive is for ever.
    ///   - clock: Nanoseconds since some moment; never goes back.
    init(patience: Duration, clock: @escaping @Sendable () -> UInt64 = PostgresAlarm.system.now) {
        self.patience = patience.postgresNanoseconds
        self.clock = clock
        self.heardAt = Atomic(0)
    }

    /// The time by which the others are told.
    var now: UInt64 { self.clock() }

    /// The server has said something, to whomever.
    func heard() { self.heardAt.store(self.now, ordering: .relaxed) }

    /// What to do for who has heard nothing since some moment.
    func advice(silentSince start: UInt64) -> Advice {
        guard let patience = self.patience else { return .wait(.max) }
        let now = self.now
        let last = max(start, self.heardAt.load(ordering: .relaxed))
        let quiet = now - min(last, now)
        guard quiet >= patience else { return .wait(patience - quiet) }
        return self.state.withLock { state in
            if let silence = state.silence, silence >= last { return .giveUp }
            if state.probing != nil { return .wait(Self.moment) }
            state.probing = now
            return .probe
        }
    }

    /// What to do before connecting, or before beginning something on a connection that has been at rest.
    ///
    /// While the server is gone one caller in so many asks it, and the others are refused at once.
    ///
    /// - Parameter isConnecting: Whether a connection is to be opened: then the server must have been heard of lately.
    /// - Returns: To wait for nothing, where it may be begun.
    func adviceToBegin(isConnecting: Bool) -> Advice {
        guard let patience = self.patience else { return .wait(0) }
        let now = self.now
        let last = self.heardAt.load(ordering: .relaxed)
        if isConnecting, last > 0, now - min(last, now) < patience { return .wait(0) }
        return self.state.withLock { state in
            let isGone = state.silence.map { $0 >= last } ?? false
            if !isGone, !isConnecting { return .wait(0) }
            if let silence = state.silence, isGone, now - min(silence, now) < patience { return .giveUp }
            if state.probing != nil { return isGone ? .giveUp : .wait(Self.moment) }
            state.probing = now
            return .probe
        }
    }

    /// What came of asking.
    func probed(answered: Bool) {
        if answered { self.heard() }
        let now = self.now
        self.state.withLock { state in
            // Who was answered meanwhile has the better answer.
            let isHeard = answered || self.heardAt.load(ordering: .relaxed) > state.probing ?? 0
            state.probing = nil
            state.silence = isHeard ? nil : now
        }
    }
}
