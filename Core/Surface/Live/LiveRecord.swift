internal import AlmanacKernel
internal import Synchronization

/// What became of one stream; it is told once, also of a stream that nobody has read to its end.
final class LiveRecord: Sendable {
    /// What there is to say at the end.
    struct Summary: Sendable {
        let ending: LiveEnding
        let events: Int
        let bytes: Int
    }

    private struct State {
        var events = 0
        var bytes = 0
        var slot: LiveSlot?
        var isOver = false
    }

    private let operation: String
    private let meter: LiveMeter
    private let tell: @Sendable (Summary) -> Void
    private let state: Mutex<State>

    init(
        _ operation: String, _ slot: LiveSlot, _ meter: LiveMeter, _ tell: @escaping @Sendable (Summary) -> Void
    ) {
        self.operation = operation
        self.meter = meter
        self.tell = tell
        var state = State()
        state.slot = slot
        self.state = Mutex(state)
        meter.began(operation)
    }

    deinit { self.finish(.left) }

    func sent(_ events: Int, bytes: Int) {
        self.state.withLock { state in
            state.events += events
            state.bytes += bytes
        }
        if events > 0 { self.meter.sent(events, self.operation) }
    }

    func finish(_ ending: LiveEnding) {
        let summary = self.state.withLock { state -> Summary? in
            guard !state.isOver else { return nil }
            state.isOver = true
            state.slot = nil
            return Summary(ending: ending, events: state.events, bytes: state.bytes)
        }
        guard let summary else { return }
        self.meter.ended(ending, self.operation)
        self.tell(summary)
    }
}
