internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Where the starts of each event type may fall and how much of it may be booked.
struct EventTypeTiming {
    private struct Row: Record {
        static let columns: Columns = [
            "id", "bookable_from", "bookable_to", "start_offset_minutes", "minimum_gap_minutes", "packing",
        ]

        let id: ID<EventType>
        let placement: PlacementTerms

        init(row: inout RowReader) throws {
            self.id = try row.next()
            let from: LocalDate? = try row.nextIfPresent()
            let to: LocalDate? = try row.nextIfPresent()
            let offset: Int = try row.next()
            let gap: Int = try row.next()
            self.placement = PlacementTerms(
                bookableFrom: from, bookableTo: to, startOffsetMinutes: offset, minimumGapMinutes: gap,
                packing: try row.next())
        }
    }

    private let placements: [ID<EventType>: PlacementTerms]
    private let limits: [ID<EventType>: [BookingLimit]]

    /// Reads it for all event types of an organization.
    init(_ organization: OrganizationID, in tx: ReadTransaction) throws {
        let rows = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.eventType)
            WHERE organization_id = \(organization) AND archived_at IS NULL
            """, as: Row.self)
        self.placements = Dictionary(rows.map { ($0.id, $0.placement) }) { first, _ in first }
        self.limits = try BookingLimitRow<EventType>.grouped(organization, in: tx)
    }

    /// The terms of an event type with where its starts may fall.
    func terms(_ terms: AgreedTerms, of id: ID<EventType>) -> AgreedTerms {
        var terms = terms
        terms.placement = self.placements[id] ?? PlacementTerms()
        return terms
    }

    /// How much may be booked of an event type.
    func limits(of id: ID<EventType>) -> [BookingLimit] { self.limits[id] ?? [] }
}
