internal import AlmanacStorage
internal import Synchronization

/// Wakes whoever follows something when it has changed, within this process.
///
/// It carries no news: who is woken reads what there is, with their own permissions. So nothing is lost when several
/// changes wake somebody once, and waking in vain does no harm.
public final class LiveUpdates: Sendable {
    private struct Followed {
        /// The number at which the subject was when all hosts' changes were last looked for; `nil` before the first time.
        var seen: Int64?
        var bells: [Int: LiveBell] = [:]
    }

    private struct State {
        var nextID = 0
        var subjects: [LiveSubject: Followed] = [:]
        var isEnding = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Wakes those who follow something: fit for ``AlmanacStorage/Transaction/afterCommit(_:)``.
    ///
    /// - Parameter subject: What has changed.
    public func changed(_ subject: LiveSubject) {
        for bell in self.state.withLock({ Array($0.subjects[subject]?.bells.values ?? [:].values) }) {
            bell.ring(.change)
        }
    }

    /// Follows something, for as long as what is returned is kept.
    ///
    /// The first thing heard is that there may have been a change.
    package func watch(_ subject: LiveSubject) -> LiveWatch {
        let bell = LiveBell()
        let (id, isEnding) = self.state.withLock { state in
            state.nextID += 1
            state.subjects[subject, default: Followed()].bells[state.nextID] = bell
            return (state.nextID, state.isEnding)
        }
        if isEnding { bell.ring(.ending) }
        return LiveWatch(subject, id, bell, self)
    }

    func forget(_ id: Int, _ subject: LiveSubject) {
        self.state.withLock { state in
            state.subjects[subject]?.bells[id] = nil
            if state.subjects[subject]?.bells.isEmpty == true { state.subjects[subject] = nil }
        }
    }

    /// Lets everybody look at the time, and at whether they may still follow.
    package func tick() { self.ringAll(.tick) }

    /// Tells everybody, those who come later too, that the host is ending.
    package func end() {
        self.state.withLock { $0.isEnding = true }
        self.ringAll(.ending)
    }

    /// Whether the host is ending.
    package var isEnding: Bool { self.state.withLock { $0.isEnding } }

    /// How many follow something now.
    package var count: Int { self.state.withLock { $0.subjects.values.reduce(0) { $0 + $1.bells.count } } }

    private func ringAll(_ ring: LiveBell.Ring) {
        for bell in self.state.withLock({ state in state.subjects.values.flatMap(\.bells.values) }) { bell.ring(ring) }
    }

    // MARK: Other hosts

    /// Everything that is followed now.
    var subjects: [LiveSubject] { self.state.withLock { Array($0.subjects.keys) } }

    /// Takes note of the numbers of subjects, and wakes those whose subject has moved on since the last time.
    ///
    /// Those for whom it is the first time are woken too: nobody knows what happened before.
    func note(_ numbers: [LiveSubject: Int64], of asked: [LiveSubject]) {
        let bells = self.state.withLock { state in
            asked.flatMap { subject -> [LiveBell] in
                let number = numbers[subject] ?? 0
                guard let followed = state.subjects[subject], followed.seen != number else { return [] }
                state.subjects[subject]?.seen = number
                return Array(followed.bells.values)
            }
        }
        for bell in bells { bell.ring(.change) }
    }
}
