internal import AlmanacStorage
internal import Logging
internal import Synchronization

/// Writes refusals into the audit log, without slowing anybody down and without becoming a flood itself.
///
/// The first refusal of a kind is written at once, in a transaction of its own that no request waits for. What follows
/// within a minute is counted, and written as one entry when the minute is over. A kind is who was refused what, by which
/// operation, from which network block. Of kinds, 120 are written at once and one a second after that; what goes beyond
/// is counted together for each organization. So neither memory nor the log grows faster than that, whatever comes.
/// Counts of the minute under way are lost when the process is killed.
package final class RefusalRecorder: Sendable {
    private struct Kind: Hashable {
        let organization: OrganizationID
        let actor: String
        let action: String
        let operation: String
        let code: String
        let address: String
    }

    /// Refusals of one kind within one minute.
    private struct Tally {
        let refused: RefusedAttempt
        let since: Instant
        var until: Instant
        /// How many have not been written.
        var count = 0
    }

    private struct State {
        var tallies: [Kind: Tally] = [:]
        /// What was too much, by organization.
        var others: [OrganizationID: Tally] = [:]
        var pace: Bucket?
        /// What is to be written, in order.
        var queue: [AuditDraft] = []
        /// Writes until the queue is empty; one at a time.
        var writer: Task<Void, Never>?
    }

    private static let minute: Int64 = 60_000_000
    private static let pace = RateLimit(checked: 60, seconds: 60, burst: 120)
    private static let batch = 100
    /// What waits beyond this is counted only: the database does not take it.
    private static let queueLimit = 1_000

    private let database: Database
    private let logger: Logger
    private let state = Mutex(State())

    init(_ database: Database, _ logger: Logger) {
        self.database = database.entering(.kernel)
        self.logger = logger
    }

    /// Takes note of a refusal; returns at once.
    package func note(_ refused: RefusedAttempt) {
        let now = self.database.clock.now
        let kind = Kind(
            organization: refused.organization, actor: refused.actor, action: refused.action,
            operation: refused.operation, code: refused.code, address: refused.block)
        self.state.withLock { state in
            if let tally = state.tallies[kind], !Self.isOver(tally, now) {
                state.tallies[kind]?.count += 1
                state.tallies[kind]?.until = max(tally.until, now)
                return
            }
            if let tally = state.tallies.removeValue(forKey: kind) { Self.close(tally, &state) }
            if state.queue.count < Self.queueLimit, Self.takes(&state, now) {
                state.tallies[kind] = Tally(refused: refused, since: now, until: now)
                state.queue.append(refused.entry(at: now))
            } else {
                var tally = state.others[refused.organization] ?? Tally(refused: refused, since: now, until: now)
                tally.count += 1
                tally.until = max(tally.until, now)
                state.others[refused.organization] = tally
            }
            self.write(&state)
        }
    }

    /// Writes the counts of minutes that are over.
    ///
    /// - Parameter all: Whether to write those of the present minute too, because the host ends.
    package func flush(all: Bool = false) {
        let now = self.database.clock.now
        self.state.withLock { state in
            for (kind, tally) in state.tallies where all || Self.isOver(tally, now) {
                state.tallies[kind] = nil
                Self.close(tally, &state)
            }
            for (organization, tally) in state.others where all || Self.isOver(tally, now) {
                state.others[organization] = nil
                state.queue.append(tally.refused.others(tally.count, since: tally.since, until: tally.until))
            }
            self.write(&state)
        }
    }

    /// Waits until everything noted so far has been written, or has failed to be.
    package func settle() async {
        await self.state.withLock { $0.writer }?.value
    }

    /// How many kinds are counted and entries wait: what a flood can make grow.
    var load: (kinds: Int, waiting: Int) { self.state.withLock { ($0.tallies.count, $0.queue.count) } }

    private static func isOver(_ tally: Tally, _ now: Instant) -> Bool {
        // A clock that was set back ends a minute as well: nothing is held back for ever.
        !(0..<Self.minute).contains(now.microseconds(since: tally.since))
    }

    private static func takes(_ state: inout State, _ now: Instant) -> Bool {
        var bucket = state.pace ?? Bucket(at: now.microseconds)
        bucket.advance(to: now.microseconds, Self.pace)
        defer { state.pace = bucket }
        guard bucket.remaining(Self.pace) > 0 else { return false }
        bucket.charge(Self.pace)
        return true
    }

    private static func close(_ tally: Tally, _ state: inout State) {
        guard tally.count > 0 else { return }
        state.queue.append(tally.refused.summary(tally.count, since: tally.since, until: tally.until))
    }

    private func write(_ state: inout State) {
        guard !state.queue.isEmpty, state.writer == nil else { return }
        state.writer = Task { await self.writeAll() }
    }

    private func writeAll() async {
        while let batch = self.takeBatch() {
            do {
                try await self.database.write(in: .system(SystemScope("record refusals"))) { tx in
                    for draft in batch { try AuditTrail.append(draft.entry(id: tx.id()), in: tx) }
                }
            } catch {
                self.logger.error(
                    "refusals could not be written into the audit log",
                    metadata: ["entries": "\(batch.count)", "error": "\(error)"])
                // They are tried again together with what comes next.
                self.state.withLock { state in
                    state.queue = Array((batch + state.queue).prefix(Self.queueLimit))
                    state.writer = nil
                }
                return
            }
        }
    }

    private func takeBatch() -> [AuditDraft]? {
        self.state.withLock { state in
            guard !state.queue.isEmpty else {
                state.writer = nil
                return nil
            }
            let batch = Array(state.queue.prefix(Self.batch))
            state.queue.removeFirst(batch.count)
            return batch
        }
    }
}
