internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Looks for offers to those who wait for something of an event type.
struct FillWaitlist: Codable, Sendable {
    let eventType: ID<EventType>
}

/// Has somebody look whether there is something to offer, whenever something may have become free.
///
/// The job is stored in the transaction that frees it, or in that of the handler of its event, so that nothing is
/// forgotten. Whoever asks here does not see those who begin to wait at the same moment; they have the job run
/// themselves, and a schedule runs it anyway.
struct WaitlistAlarm: Sendable {
    static let job = JobKey<FillWaitlist>("fill-waitlist")

    /// Rings for those who wait, or have an offer; nothing happens when nobody does.
    ///
    /// - Parameters:
    ///   - eventType: Of what something may be free; `nil` is of anything, for time belongs to hosts and rooms.
    ///   - tx: The transaction that frees it.
    /// - Throws: ``UndeclaredUse`` outside the plugin's room; what the statements throw.
    func ring(for eventType: ID<EventType>?, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        let condition: SQL = eventType.map { " AND event_type_id = \($0)" } ?? ""
        let eventTypes: [ID<EventType>] = try tx.reading.values(
            """
            SELECT DISTINCT event_type_id FROM \(WaitlistSchema.entry)
            WHERE organization_id = \(organization) AND status IN ('waiting', 'offered')\(condition)
            """)
        for eventType in eventTypes {
            try tx.enqueue(Self.job, FillWaitlist(eventType: eventType), unique: .once("fill:\(eventType)"))
        }
    }

    /// Rings when an offer lapses.
    func ring(for row: WaitlistRow, at expiry: Instant, in tx: Transaction) throws {
        try tx.enqueue(
            Self.job, FillWaitlist(eventType: row.eventType), at: expiry, unique: .latest("offer:\(row.id)"))
    }
}
