internal import AlmanacKernel
internal import AlmanacStorage

/// To whom a message belongs that is being sent: to whoever has claimed it, until the lease is over.
///
/// Whether it is over is decided by the clock that all hosts share. Hosts whose own clocks differ would else take
/// messages from each other that are just being sent.
struct MessageLease: Sendable {
    let clock: SharedClock

    /// The condition that a message is due: it waits until its time, or whoever was sending it has not come back.
    func isDue(at now: Instant) -> SQL {
        """
        state IN ('waiting', 'sending') AND due_at <= \(self.clock.latest(now))
            AND (state = 'sending' OR due_at <= \(now)) AND (state = 'waiting' OR due_at <= \(self.clock.now(now)))
        """
    }

    /// Claims a message that is due; of several hosts that try, one has it.
    func take(_ id: ID<StoredMessage>, _ organization: OrganizationID, in tx: Transaction) throws -> Bool {
        try tx.execute(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(MessageState.sending), attempts = attempts + 1,
                due_at = \(self.clock.now(tx.now, adding: RetryPlan.leaseSeconds))
            WHERE organization_id = \(organization) AND id = \(id) AND \(self.isDue(at: tx.now))
            """) == 1
    }
}
