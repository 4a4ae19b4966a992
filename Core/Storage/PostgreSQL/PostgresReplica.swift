internal import Synchronization

/// A copy of the database that follows the primary, for reads that may be a little old.
///
/// How old its state is cannot be told by `pg_last_xact_replay_timestamp()`: where nothing is written, that seems to
/// grow old. So positions in the log are compared: once the replica has applied everything up to where the primary was
/// at some moment, its state is at least as new as that moment, and no two clocks have to agree.
///
/// It does well without: whatever goes wrong here, the primary answers.
final class PostgresReplica: Sendable {
    private struct State {
        /// Where the primary was, and when that was asked; the oldest first.
        var marks: [(moment: UInt64, position: Int64)] = []
        /// As new as this moment is what the replica has.
        var newAs: UInt64?
        /// Not looked at again before.
        var rest: UInt64 = 0
    }

    private enum Decision {
        case usable, look, no
    }

    /// A read came to its turn too late to be new enough.
    struct TooOld: Error {}

    let pool: PostgresPool
    private let alarm: PostgresAlarm
    private let state = Mutex(State())

    /// How many moments are remembered, so that a replica which trails far behind is still understood.
    private static let memory = 256
    /// For how long a replica is left alone that does not answer, in nanoseconds.
    private static let pause: UInt64 = 5_000_000_000

    init?(_ configuration: PostgresConfiguration, _ shared: PostgresConnection.Shared, _ alarm: PostgresAlarm) {
        guard let url = configuration.replicaURL else { return nil }
        var own = configuration
        own.url = url
        own.ownerURL = nil
        own.connectTimeout = min(own.connectTimeout, .seconds(2))
        self.alarm = alarm
        self.pool = PostgresPool(
            size: own.poolSize,
            PostgresConnection.Shared(
                configuration: own, locking: shared.locking, plans: shared.plans, logger: shared.logger))
    }

    /// Where the primary is in its log: up to there everything stands that was committed, written to disk or not.
    static let primaryPosition: SQL = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint"
    /// How far a replica has come; nothing where it is none.
    static let replicaPosition: SQL =
        "SELECT (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint WHERE pg_is_in_recovery()"

    /// Whether what the replica has is at most so old, looking if that is not known.
    ///
    /// - Parameters:
    ///   - age: How old it may be.
    ///   - primary: Asks the primary for its position.
    ///   - replica: Asks the replica for its position.
    /// - Returns: Whether it may answer.
    func isUsable(
        atMost age: Duration, primary: () async throws -> Int64?, replica: () async throws -> Int64?
    ) async -> Bool {
        guard let age = age.postgresNanoseconds else { return false }
        switch self.decide(age) {
        case .usable: return true
        case .no: return false
        case .look: break
        }
        let moment = self.alarm.now()
        guard let position = try? await primary(), let reached = try? await replica() else {
            self.leaveAlone()
            return false
        }
        self.learn(moment, position, reached)
        return self.isNewEnough(age)
    }

    /// Throws when the state is older by now.
    func check(atMost age: Duration) throws(TooOld) {
        guard let age = age.postgresNanoseconds, self.isNewEnough(age) else { throw TooOld() }
    }

    /// Leaves the replica alone for some seconds.
    func leaveAlone() {
        let now = self.alarm.now()
        self.state.withLock { state in
            state.rest = now + Self.pause
            state.newAs = nil
        }
    }

    private func isNewEnough(_ age: UInt64) -> Bool {
        let now = self.alarm.now()
        return self.state.withLock { state in state.newAs.map { now - min($0, now) <= age } ?? false }
    }

    private func decide(_ age: UInt64) -> Decision {
        let now = self.alarm.now()
        return self.state.withLock { state in
            if let newAs = state.newAs, now - min(newAs, now) <= age { return .usable }
            guard now >= state.rest else { return .no }
            // One asks; the others need not wait for it, and a replica that trails is not asked all the time.
            state.rest = now + min(age / 4, 250_000_000)
            return .look
        }
    }

    private func learn(_ moment: UInt64, _ position: Int64, _ reached: Int64) {
        self.state.withLock { state in
            state.marks.append((moment, position))
            guard let last = state.marks.lastIndex(where: { $0.position <= reached }) else {
                if state.marks.count > Self.memory { state.marks.removeFirst() }
                return
            }
            state.newAs = max(state.newAs ?? 0, state.marks[last].moment)
            state.marks.removeFirst(last + 1)
        }
    }
}
