import Synchronization

/// Draws the tickets of a history and keeps what was done between them.
final class HistoryRecorder: Sendable {
    private struct State {
        var ticket = 0
        var operations: [ClaimHistory.Operation] = []
    }

    private let state = Mutex(State())

    /// Where something begins.
    func begin() -> Int {
        self.state.withLock { state in
            state.ticket += 1
            return state.ticket
        }
    }

    /// Where it has ended, and what it was.
    func end(_ began: Int, _ deed: ClaimHistory.Deed) {
        self.state.withLock { state in
            state.ticket += 1
            state.operations.append(ClaimHistory.Operation(deed: deed, began: began, ended: state.ticket))
        }
    }

    /// How much has been done.
    var count: Int { self.state.withLock { $0.operations.count } }

    /// What was done.
    var history: ClaimHistory { ClaimHistory(operations: self.state.withLock { $0.operations }) }
}
