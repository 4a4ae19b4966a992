internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What limits are kept for: event types and providers.
protocol LimitHolder {
    /// The column, of limits and of bookings, that names one.
    static var limitColumn: SQL { get }
    /// Whether bookings count too that take one besides their provider.
    static var countsFurther: Bool { get }
}

extension EventType: LimitHolder {
    static var limitColumn: SQL { "event_type_id" }
    static var countsFurther: Bool { false }
}

extension Provider: LimitHolder {
    static var limitColumn: SQL { "provider_id" }
    static var countsFurther: Bool { true }
}

/// A stored limit.
struct BookingLimitRow<Holder: LimitHolder>: Record {
    static var columns: Columns { ["coalesce(event_type_id, provider_id)", "period", "bookings", "minutes"] }

    let holder: ID<Holder>
    let limit: BookingLimit

    init(row: inout RowReader) throws {
        self.holder = try row.next()
        let period: BookingLimit.Period = try row.next()
        let bookings: Int? = try row.nextIfPresent()
        self.limit = BookingLimit(period: period, bookings: bookings, minutes: try row.nextIfPresent())
    }

    /// All limits of one kind of holder in an organization, those of shorter periods first.
    static func grouped(
        _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [ID<Holder>: [BookingLimit]] {
        let rows = try tx.fetchAll(
            """
            SELECT \(Self.columns) FROM \(BookingsSchema.bookingLimit)
            WHERE organization_id = \(organization) AND \(Holder.limitColumn) IS NOT NULL
            """, as: Self.self)
        return Dictionary(grouping: rows, by: \.holder).mapValues { rows in
            rows.map(\.limit).sorted { $0.period.reach < $1.period.reach }
        }
    }

    /// Puts limits in the place of those that a holder had; the caller touches the catalog.
    static func store(
        _ limits: [BookingLimit], of holder: ID<Holder>, _ call: Call, in tx: Transaction
    ) throws {
        try tx.post(
            """
            DELETE FROM \(BookingsSchema.bookingLimit)
            WHERE organization_id = \(call.organization) AND \(Holder.limitColumn) = \(holder)
            """)
        for limit in limits {
            let id: ID<BookingLimit> = tx.id()
            try tx.post(
                """
                INSERT INTO \(BookingsSchema.bookingLimit) (organization_id, id, \(Holder.limitColumn), period,
                    bookings, minutes)
                VALUES (\(call.organization), \(id), \(holder), \(limit.period), \(limit.bookings), \(limit.minutes))
                """)
        }
    }
}

extension BookingLimit.Period: ColumnValue {}
