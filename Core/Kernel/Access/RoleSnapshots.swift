internal import AlmanacStorage
internal import Synchronization

/// The compiled roles of organizations, as they were at one epoch each.
///
/// A snapshot is filled as roles are asked for, and thrown away when the organization's epoch has moved on: each change
/// of a role moves it, in the change's own transaction. Whoever asks has read the epoch in the same transaction, so that
/// nobody is served a role as it was before, on whatever host it was changed.
final class RoleSnapshots: Sendable {
    private struct Snapshot {
        var epoch: Int
        var roles: [Role: CompiledRole] = [:]
    }

    /// Compiled roles beyond so many make room for others.
    private static let capacity = 10_000

    private struct State {
        var snapshots: [OrganizationID: Snapshot] = [:]
        var count = 0
        /// Whether the role that was asked for last was known.
        var knewLast = false
    }

    private let state = Mutex(State())

    /// Whether the next role that is asked for is likely to be unknown, because the last one was: a guess, on which only
    /// speed may depend.
    ///
    /// So it is in a process that has just begun, and in an organization that has just changed a role; not where roles
    /// have been asked for for a while.
    var areLacking: Bool { self.state.withLock { !$0.knewLast } }

    func find(_ role: Role, of organization: OrganizationID, at epoch: Int) -> CompiledRole? {
        self.state.withLock { state in
            state.knewLast = false
            guard let snapshot = state.snapshots[organization], snapshot.epoch == epoch else { return nil }
            let known = snapshot.roles[role]
            state.knewLast = known != nil
            return known
        }
    }

    func keep(_ compiled: CompiledRole, as role: Role, of organization: OrganizationID, at epoch: Int) {
        self.state.withLock { state in
            if state.count >= Self.capacity { state = State() }
            let known = state.snapshots[organization]
            // A slow reader must not put an older epoch in the place of a newer one.
            if let known, known.epoch > epoch { return }
            if known?.epoch != epoch {
                state.count -= known?.roles.count ?? 0
                state.snapshots[organization] = Snapshot(epoch: epoch)
            }
            if state.snapshots[organization]?.roles.updateValue(compiled, forKey: role) == nil { state.count += 1 }
        }
    }

    /// Forgets everything: what a process that has just begun knows.
    func empty() { self.state.withLock { $0 = State() } }
}
