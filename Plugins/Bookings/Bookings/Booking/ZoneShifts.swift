internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A booking to come that stands at another instant than the one its agreed time means today.
struct ZoneShiftView: Codable, Sendable {
    let booking: ID<Booking>
    let number: String
    /// The instant at which it stands.
    let start: Instant
    /// The date that was agreed.
    let localDate: LocalDate
    /// The time on the clock that was agreed.
    let localTime: LocalTime
    /// The zone in which both were meant, as the name was when the booking was made.
    let timeZone: String
    /// The instant that the agreed time means now; absent when this machine does not know the zone.
    let expectedStart: Instant?
}

/// Finds bookings that a change of zone data has moved on the clock.
///
/// A booking keeps the agreed date, time and zone beside its instant. When a country changes its clocks at short notice
/// and the new data is installed, the two no longer agree: somebody has to decide whether the people or the instant
/// keep their word. This only lists; moving is a reschedule like any other.
struct ZoneShifts: Sendable {
    private struct Row: Record {
        static let columns: Columns = ["id", "number", "start_at", "local_date", "local_time", "time_zone"]

        let id: ID<Booking>
        let number: BookingNumber
        let start: Instant
        let date: LocalDate
        let time: LocalTime
        let zone: String

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.number = try row.next()
            self.start = try row.next()
            self.date = try row.next()
            self.time = try row.next()
            self.zone = try row.next()
        }

        /// What there is to tell, or `nil` when clocks still show the agreed time.
        var shift: ZoneShiftView? {
            let zone = try? Zone(self.zone)
            if let local = zone?.local(at: self.start), local.date == self.date,
                local.secondOfDay / 60 == self.time.minuteOfDay
            {
                return nil
            }
            return ZoneShiftView(
                booking: self.id, number: self.number.text, start: self.start, localDate: self.date,
                localTime: self.time, timeZone: self.zone,
                expectedStart: zone?.instants(of: self.date, minute: self.time.minuteOfDay).compatible)
        }
    }

    /// How many bookings one statement reads.
    private static let batch = 1_000

    /// The bookings to come that have shifted, by start.
    ///
    /// - Throws: ``Refusal`` when the caller may not see the bookings of the whole organization.
    func list(_ input: PageInput, _ call: Call, in tx: ReadTransaction) throws -> Page<ZoneShiftView> {
        guard case .organization = try tx.filter(.readBooking) else { throw Refusal.forbidden(.readBooking) }
        var after: SQL?
        if let text = input.after {
            after = try Cursor(text, list: "zone-shifts", keys: 2).after(["start_at", "id"])
        }
        var found: [ZoneShiftView] = []
        while found.count <= input.limit {
            let rows = try self.rows(after, call, in: tx)
            found += rows.compactMap(\.shift)
            guard rows.count == Self.batch, let last = rows.last else { break }
            let cursor = Cursor(list: "zone-shifts", keys: [last.start.sqlValue, last.id.sqlValue])
            after = cursor.after(["start_at", "id"])
        }
        return Page(Array(found.prefix(input.limit + 1)), limit: input.limit) { last in
            Cursor(list: "zone-shifts", keys: [last.start.sqlValue, last.booking.sqlValue])
        }
    }

    /// All bookings to come that have shifted, by start.
    ///
    /// - Throws: ``Refusal`` when the caller may not see the bookings of the whole organization.
    func all(_ call: Call, in tx: ReadTransaction) throws -> [ZoneShiftView] {
        guard case .organization = try tx.filter(.readBooking) else { throw Refusal.forbidden(.readBooking) }
        var found: [ZoneShiftView] = []
        var after: SQL?
        while true {
            let rows = try self.rows(after, call, in: tx)
            found += rows.compactMap(\.shift)
            guard rows.count == Self.batch, let last = rows.last else { return found }
            after = Cursor(list: "zone-shifts", keys: [last.start.sqlValue, last.id.sqlValue])
                .after(["start_at", "id"])
        }
    }

    /// How a booking has shifted; `nil` when it has not, or is not to come.
    func shift(of id: ID<Booking>, _ call: Call, in tx: ReadTransaction) throws -> ZoneShiftView? {
        try self.rows("id = \(id)", call, in: tx).first?.shift
    }

    private func rows(_ after: SQL?, _ call: Call, in tx: ReadTransaction) throws -> [Row] {
        var conditions: [SQL] = [
            "organization_id = \(call.organization)", "start_at > \(tx.now)",
            "status NOT IN ('cancelled', 'rejected')",
        ]
        if let after { conditions.append("(\(after))") }
        return try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.booking)
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY start_at, id LIMIT \(Self.batch)
            """, as: Row.self)
    }
}
