internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Something that a booking takes besides its provider: a further host, a room, a vehicle, somebody who assists.
struct BookedResource: Sendable, Equatable {
    /// Why it is taken.
    enum Role: String, Sendable, ColumnValue {
        /// They give the appointment together with the provider.
        case host
        /// The event type needs it.
        case requirement
    }

    let role: Role
    let resource: ID<Resource>
    /// Whose resource it is, when it is a person's.
    let provider: ID<Provider>?
    /// Who that is.
    let person: ID<Person>?
    let kind: ResourceKind
    /// The name that counted when it was agreed.
    let name: String
    /// How much of its capacity is taken.
    let units: Int
}

extension BookedResource {
    /// Reads why, what, whose, who that is, what sort of thing, under which name and how much: in this order.
    init(row: inout RowReader) throws {
        self.role = try row.next()
        self.resource = try row.next()
        self.provider = try row.nextIfPresent()
        self.person = try row.nextIfPresent()
        self.kind = try row.next()
        self.name = try row.next()
        self.units = try row.next()
    }
}

/// Stores and reads what bookings take besides their providers.
enum BookedResources {
    private struct Row: Record {
        static let columns: Columns = [
            "x.booking_id", "x.role", "x.resource_id", "x.provider_id", "p.person_id", "x.kind", "x.name", "x.units",
        ]

        let booking: ID<Booking>
        let resource: BookedResource

        init(row: inout RowReader) throws {
            self.booking = try row.next()
            self.resource = try BookedResource(row: &row)
        }
    }

    /// Reads what some bookings take besides; without a statement when none of them takes anything.
    static func complete(_ rows: inout [BookingRow], in tx: ReadTransaction) throws {
        let wanted = rows.filter { $0.resourceCount > 1 }.map(\.id)
        guard !wanted.isEmpty, let organization = tx.scope.organization else { return }
        let found = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.bookingResource) x
            LEFT JOIN \(BookingsSchema.provider) p
                ON p.organization_id = x.organization_id AND p.id = x.provider_id
            WHERE x.organization_id = \(organization) AND x.booking_id IN \(list: wanted)
            ORDER BY x.booking_id, x.position
            """, as: Row.self)
        let further = Dictionary(grouping: found, by: \.booking)
        for index in rows.indices { rows[index].further = further[rows[index].id]?.map(\.resource) ?? [] }
    }

    /// What some holds of an event type keep besides their providers' time, for the bookings that come of them.
    static func held(
        by holds: [HoldRow], _ eventType: EventTypeEntry, in tx: ReadTransaction
    ) throws -> [ID<Hold>: [BookedResource]] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let found = try tx.fetchAll(
            """
            SELECT \(HeldRow.columns) FROM \(BookingsSchema.claim) c
            JOIN \(BookingsSchema.resource) r ON r.organization_id = c.organization_id AND r.id = c.resource_id
            LEFT JOIN \(BookingsSchema.provider) p
                ON p.organization_id = c.organization_id AND p.resource_id = c.resource_id
            WHERE c.organization_id = \(organization) AND c.hold_id IN \(list: holds.map(\.id)) AND c.state = 'hold'
            ORDER BY c.id
            """, as: HeldRow.self)
        let isTogether = eventType.assignment.hosting.mode == .all
        let hosts = Dictionary(holds.map { ($0.id, $0.provider) }) { first, _ in first }
        var further: [ID<Hold>: [BookedResource]] = [:]
        for row in found where row.provider == nil || row.provider != hosts[row.hold] {
            let isHost = isTogether && row.provider.map(eventType.providers.contains) ?? false
            further[row.hold, default: []].append(
                BookedResource(
                    role: isHost ? .host : .requirement, resource: row.resource, provider: row.provider,
                    person: row.person, kind: row.kind, name: row.name, units: row.units))
        }
        return further
    }

    private struct HeldRow: Record {
        static let columns: Columns = [
            "c.hold_id", "c.resource_id", "r.kind", "r.name", "p.id", "p.person_id", "c.units",
        ]

        let hold: ID<Hold>
        let resource: ID<Resource>
        let kind: ResourceKind
        let name: String
        let provider: ID<Provider>?
        let person: ID<Person>?
        let units: Int

        init(row: inout RowReader) throws {
            self.hold = try row.next()
            self.resource = try row.next()
            self.kind = try row.next()
            self.name = try row.next()
            self.provider = try row.nextIfPresent()
            self.person = try row.nextIfPresent()
            self.units = try row.next()
        }
    }

    /// Stores what a booking takes besides.
    static func insert(_ further: [BookedResource], of booking: ID<Booking>, call: Call, in tx: Transaction) throws {
        try self.insert(further.enumerated().map { (booking, $0.offset + 1, $0.element) }, call: call, in: tx)
    }

    /// Stores what some bookings take besides, at once.
    static func insert(_ rows: [BookingRow], call: Call, in tx: Transaction) throws {
        try self.insert(
            rows.flatMap { row in row.further.enumerated().map { (row.id, $0.offset + 1, $0.element) } }, call: call,
            in: tx)
    }

    private static func insert(
        _ parts: [(booking: ID<Booking>, position: Int, resource: BookedResource)], call: Call, in tx: Transaction
    ) throws {
        guard !parts.isEmpty else { return }
        let rows = parts.map { booking, position, part -> SQL in
            """
            (\(call.organization), \(booking), \(position), \(part.role), \(part.resource), \(part.provider),
                \(part.kind), \(part.name), \(part.units))
            """
        }
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.bookingResource) (organization_id, booking_id, position, role, resource_id,
                provider_id, kind, name, units)
            VALUES \(SQL.joined(rows, by: ", "))
            """)
    }

    /// Puts what a booking takes besides in the place of what it took.
    static func replace(
        _ before: [BookedResource], by after: [BookedResource], of booking: ID<Booking>, call: Call, in tx: Transaction
    ) throws {
        guard before != after else { return }
        try tx.post(
            """
            DELETE FROM \(BookingsSchema.bookingResource)
            WHERE organization_id = \(call.organization) AND booking_id = \(booking)
            """)
        try self.insert(after, of: booking, call: call, in: tx)
    }
}
