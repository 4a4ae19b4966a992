internal import AlmanacKernel
package import AlmanacStorage
internal import BookingsAPI

/// Looks at the tables of an organization and says what in them no sequence of requests may lead to.
///
/// It is written without the code that takes bookings: plain rules over plain rows, so that a mistake there is not made
/// here as well. It reads everything, and is meant for tests and for simulated businesses.
package struct BookingInspection: Sendable {
    let now: Instant
    let bookings: [InspectedBooking]
    let parts: [ID<Booking>: [InspectedPart]]
    let claims: [InspectedClaim]
    let holds: [InspectedHold]
    /// How many holds there ever were of a series.
    let heldSeries: [ID<BookingSeries>: Int]
    let changes: [ID<Booking>: [InspectedChange]]
    let units: [ID<Resource>: Int]
    let seats: [ID<EventType>: Int]
    /// The sessions that somebody plans; those that come about by booking are none.
    let sessions: [ID<GroupSession>: InspectedSession]
    let waitlist: Waitlist
    let eventTypeLimits: [ID<EventType>: [BookingLimit]]
    let providerLimits: [ID<Provider>: [BookingLimit]]

    /// Reads what is there; a read transaction sees one consistent state.
    ///
    /// - Parameter tx: A transaction of one organization, in the plugin's own room.
    /// - Throws: ``NoOrganization`` in a transaction of the platform; storage errors.
    package init(in tx: ReadTransaction) throws {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        self.now = tx.now
        self.bookings = try tx.fetchAll(
            """
            SELECT \(InspectedBooking.columns) FROM \(BookingsSchema.booking) b
            JOIN \(BookingsSchema.provider) p ON p.organization_id = b.organization_id AND p.id = b.provider_id
            WHERE b.organization_id = \(organization) ORDER BY b.id
            """)
        let parts = try tx.fetchAll(
            """
            SELECT \(InspectedPart.columns) FROM \(BookingsSchema.bookingResource)
            WHERE organization_id = \(organization)
            """, as: InspectedPart.self)
        self.parts = Dictionary(grouping: parts, by: \.booking)
        self.claims = try tx.fetchAll(
            """
            SELECT \(InspectedClaim.columns) FROM \(BookingsSchema.claim)
            WHERE organization_id = \(organization) AND kind = 'exclusive' AND state <> 'released'
            ORDER BY resource_id, core_start, id
            """)
        self.holds = try tx.fetchAll(
            """
            SELECT \(InspectedHold.columns) FROM \(BookingsSchema.hold) h
            JOIN \(BookingsSchema.provider) p ON p.organization_id = h.organization_id AND p.id = h.provider_id
            WHERE h.organization_id = \(organization) AND h.ended_at IS NULL AND h.expires_at > \(tx.now)
            ORDER BY h.id
            """)
        let heldSeries = try tx.fetchAll(
            """
            SELECT \(InspectedHeldSeries.columns) FROM \(BookingsSchema.hold) h
            WHERE h.organization_id = \(organization) AND h.series_id IS NOT NULL GROUP BY h.series_id
            """, as: InspectedHeldSeries.self)
        self.heldSeries = Dictionary(heldSeries.map { ($0.series, $0.count) }) { first, _ in first }
        let changes = try tx.fetchAll(
            """
            SELECT \(InspectedChange.columns) FROM \(BookingsSchema.bookingChange)
            WHERE organization_id = \(organization) ORDER BY booking_id, id
            """, as: InspectedChange.self)
        self.changes = Dictionary(grouping: changes, by: \.booking)
        self.units = try Self.capacities("\(BookingsSchema.resource)", organization, in: tx)
        self.seats = try Self.capacities("\(BookingsSchema.eventType)", organization, in: tx)
        self.sessions = try InspectedSession.all(of: organization, in: tx)
        self.waitlist = try Waitlist(of: organization, in: tx)
        self.eventTypeLimits = try BookingLimitRow<EventType>.grouped(organization, in: tx)
        self.providerLimits = try BookingLimitRow<Provider>.grouped(organization, in: tx)
    }

    private static func capacities<Owner>(
        _ table: SQL, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [ID<Owner>: Int] {
        let rows = try tx.fetchAll(
            """
            SELECT \(InspectedCapacity<Owner>.columns) FROM \(table) WHERE organization_id = \(organization)
            """, as: InspectedCapacity<Owner>.self)
        return Dictionary(rows.map { ($0.id, $0.capacity) }) { first, _ in first }
    }

    /// Everything that is wrong.
    ///
    /// - Parameters:
    ///   - events: The names of the events of each booking by its id, in order, when they are to be compared.
    ///   - firstWeekday: With which day a week of a limit begins.
    /// - Returns: Nothing when all is as it must be.
    package func violations(
        events: [String: [String]]? = nil, firstWeekday: Weekday = .monday
    ) -> [BookingViolation] {
        let ofTime = self.overlaps() + self.crowdedSessions() + self.strayClaims() + self.straySessions()
        let ofHolds = self.strayHolds() + self.halvedHolds()
        let ofStories = self.brokenHistories(events) + self.brokenOffers()
        return ofTime + ofHolds + ofStories + self.exceededLimits(firstWeekday) + self.shiftedTimes()
    }

    /// How many bookings there are of each status, for reports.
    package var counts: [String: Int] {
        Dictionary(grouping: self.bookings, by: \.status.rawValue).mapValues(\.count)
    }

    private func shiftedTimes() -> [BookingViolation] {
        self.bookings.compactMap { booking in
            let local = booking.zone.local(at: booking.start)
            let isKept =
                local.date == booking.localDate && local.secondOfDay == booking.localTime.minuteOfDay * 60
            return isKept
                ? nil
                : BookingViolation(
                    .wallTime, of: booking.id,
                    "was agreed for \(booking.localDate) \(booking.localTime) and begins at \(booking.start.rfc3339)")
        }
    }
}
