internal import AlmanacKernel
internal import Synchronization

/// Counts the streams that are open on this host.
final class LiveSlots: Sendable {
    private struct State {
        var total = 0
        var callers: [String: Int] = [:]
    }

    private let settings: LiveSettings
    private let state = Mutex(State())

    init(_ settings: LiveSettings) { self.settings = settings }

    /// How many are open.
    var count: Int { self.state.withLock { $0.total } }

    /// Takes a place, for as long as what is returned is kept.
    ///
    /// - Throws: ``RequestFault`` when the caller has too many, or everybody together.
    func take(_ caller: String) throws(RequestFault) -> LiveSlot {
        let (mine, all) = self.state.withLock { state in
            let (mine, all) = (state.callers[caller, default: 0], state.total)
            if mine < self.settings.perUser, all < self.settings.total {
                state.callers[caller] = mine + 1
                state.total += 1
            }
            return (mine, all)
        }
        guard mine < self.settings.perUser else {
            throw RequestFault(
                429, "too_many_streams",
                "you listen \(mine) times at once already: end one of the others, or wait until it has ended",
                headers: [("retry-after", "5")])
        }
        guard all < self.settings.total else {
            throw RequestFault(
                503, "streams_full", "too many listen to this server now: ask without listening, or come again later",
                headers: [("retry-after", "30")])
        }
        return LiveSlot(self, caller)
    }

    fileprivate func giveBack(_ caller: String) {
        self.state.withLock { state in
            let left = state.callers[caller, default: 0] - 1
            state.callers[caller] = left > 0 ? left : nil
            state.total -= 1
        }
    }
}

/// The place of one stream; it is free again when this is given up.
final class LiveSlot: Sendable {
    private let slots: LiveSlots
    private let caller: String

    fileprivate init(_ slots: LiveSlots, _ caller: String) {
        self.slots = slots
        self.caller = caller
    }

    deinit { self.slots.giveBack(self.caller) }
}
