internal import Synchronization

/// How many loops deliver at once, and whether somebody was called while all were busy.
///
/// A loop ends when it finds nothing more. What was announced between its last look and its end would otherwise wait for
/// the next call: whoever ends asks, and looks once more.
final class DeliveryHands: Sendable {
    private struct State {
        var free: Int
        var wasCalled = false
    }

    private let state: Mutex<State>

    init(count: Int) { self.state = Mutex(State(free: count)) }

    /// Takes a free hand.
    ///
    /// - Returns: Whether there was one; otherwise one of those that are busy will look again.
    func take() -> Bool {
        self.state.withLock { state in
            guard state.free > 0 else {
                state.wasCalled = true
                return false
            }
            state.free -= 1
            return true
        }
    }

    /// Gives a hand back.
    ///
    /// - Returns: Whether it must look once more instead, because somebody was called meanwhile.
    func letGo() -> Bool {
        self.state.withLock { state in
            guard !state.wasCalled || Task.isCancelled else {
                state.wasCalled = false
                return true
            }
            state.free += 1
            return false
        }
    }
}
