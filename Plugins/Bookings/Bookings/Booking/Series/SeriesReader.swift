internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Finds and lists series, as far as the caller may see their bookings.
struct SeriesReader: Sendable {
    let bookings: BookingReader

    // MARK: One series

    /// The series with those of its bookings that the caller may see.
    ///
    /// - Throws: ``Refusal`` of kind `notFound` also when there is one that the caller may not see.
    func find(_ id: ID<BookingSeries>, _ call: Call, in tx: ReadTransaction) throws -> BookingSeriesView {
        let series = try self.visible(id, in: tx)
        let rows = try self.visible(self.rows(of: id, in: tx), in: tx)
        let views = try self.bookings.views(rows, call, try self.bookings.organizations.current(in: tx), in: tx)
        return BookingSeriesView(series, rows, allowed: SeriesAction.allowed(by: views))
    }

    /// The series, if it is the caller's or they may see one of its bookings.
    func visible(_ id: ID<BookingSeries>, in tx: ReadTransaction) throws -> SeriesRow {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        var conditions: [SQL] = ["s.organization_id = \(organization)", "s.id = \(id)"]
        conditions += try self.access(in: tx)
        let row = try tx.fetchOne(
            """
            SELECT \(SeriesRow.columns) FROM \(SeriesSchema.series) s WHERE \(SQL.joined(conditions, by: " AND "))
            """, as: SeriesRow.self)
        guard let row else { throw Refusal.notFound("booking series") }
        return row
    }

    /// The series, which nobody else changes until the transaction ends, with all of its bookings, which
    /// nobody else changes either.
    func locked(_ id: ID<BookingSeries>, in tx: Transaction) throws -> (series: SeriesRow, rows: [BookingRow]) {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        // Who may not see it waits for nobody.
        _ = try self.visible(id, in: tx.reading)
        _ = try tx.value(
            """
            SELECT version FROM \(SeriesSchema.series)
            WHERE organization_id = \(organization) AND id = \(id)\(SQL.forUpdate)
            """, as: Int.self)
        // In one order, so that two who change several bookings never wait for each other.
        _ = try tx.values(
            """
            SELECT version FROM \(BookingsSchema.booking)
            WHERE organization_id = \(organization) AND series_id = \(id) ORDER BY id\(SQL.forUpdate)
            """, as: Int.self)
        return (try self.visible(id, in: tx.reading), try self.rows(of: id, in: tx.reading))
    }

    /// The series, whoever asks.
    func row(_ id: ID<BookingSeries>, in tx: ReadTransaction) throws -> SeriesRow? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.fetchOne(
            """
            SELECT \(SeriesRow.columns) FROM \(SeriesSchema.series) s
            WHERE s.organization_id = \(organization) AND s.id = \(id)
            """, as: SeriesRow.self)
    }

    /// Those of some bookings that the caller may see.
    func visible(_ rows: [BookingRow], in tx: ReadTransaction) throws -> [BookingRow] {
        let filter = try tx.filter(.readBooking)
        return rows.filter { filter.admits($0.ownership) }
    }

    /// The bookings of a series, whoever asks, by start.
    func rows(of id: ID<BookingSeries>, in tx: ReadTransaction) throws -> [BookingRow] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        var rows = try tx.fetchAll(
            """
            SELECT \(BookingRow.columns) FROM \(BookingRow.source)
            WHERE b.organization_id = \(organization) AND b.series_id = \(id)
            ORDER BY b.start_at, b.id
            """, as: BookingRow.self)
        try BookedResources.complete(&rows, in: tx)
        try self.bookings.recognize(&rows, in: tx)
        return rows
    }

    // MARK: Answering

    /// The answer to whoever has changed a series.
    ///
    /// - Parameters:
    ///   - series: The series as it is now.
    ///   - rows: Its bookings that the caller may see, some of them as they were.
    ///   - changed: Those that were changed, as they are now.
    ///   - conflicts: What could not be changed.
    ///   - fee: What the customer owes for all of it.
    ///   - call: Who has changed it.
    ///   - tx: The caller's transaction.
    /// - Returns: The answer, with the bookings by start.
    /// - Throws: Storage errors.
    func answer(
        _ series: SeriesRow, _ rows: [BookingRow], changed: [BookingRow], _ conflicts: [SeriesConflict], fee: Money?,
        _ call: Call, in tx: Transaction
    ) throws -> SeriesAnswer {
        let after = Dictionary(changed.map { ($0.id, $0) }) { first, _ in first }
        let rows = rows.map { after[$0.id] ?? $0 }.filter { $0.place?.series == series.id }
            .sorted { ($0.start, $0.id) < ($1.start, $1.id) }
        let organization = try self.bookings.organizations.current(in: tx.reading)
        let views = try self.bookings.views(rows, call, organization, in: tx.reading)
        return SeriesAnswer(
            series: BookingSeriesView(series, rows, allowed: SeriesAction.allowed(by: views)),
            bookings: views.filter { after[$0.id] != nil }, conflicts: conflicts, fee: fee)
    }

    // MARK: A list

    /// The series that the caller may see, the oldest first.
    func list(_ input: ListBookingSeries, _ call: Call, in tx: ReadTransaction) throws -> Page<BookingSeriesView> {
        var conditions: [SQL] = ["s.organization_id = \(call.organization)"]
        conditions += try self.access(in: tx)
        if let customer = input.customer { conditions.append("s.customer_id = \(customer)") }
        if let after = input.after {
            conditions.append(try Cursor(after, list: "booking-series", keys: 1).after(["s.id"]))
        }
        let series = try tx.fetchAll(
            """
            SELECT \(SeriesRow.columns) FROM \(SeriesSchema.series) s
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY s.id LIMIT \(input.limit + 1)
            """, as: SeriesRow.self)
        let allowed = try self.allowed(in: series, call, in: tx)
        let views = series.map { BookingSeriesView($0, [], allowed: allowed[$0.id] ?? [], isListed: true) }
        return Page(views, limit: input.limit) { Cursor(list: "booking-series", keys: [$0.id.sqlValue]) }
    }

    /// What the caller may do with each of some series.
    private func allowed(
        in series: [SeriesRow], _ call: Call, in tx: ReadTransaction
    ) throws -> [ID<BookingSeries>: [SeriesAction]] {
        guard !series.isEmpty else { return [:] }
        let filter = try tx.filter(.readBooking)
        // Nothing can be done in this way with what has begun.
        var rows = try tx.fetchAll(
            """
            SELECT \(BookingRow.columns) FROM \(BookingRow.source)
            WHERE b.organization_id = \(call.organization) AND b.series_id IN \(list: series.map(\.id))
                AND b.start_at > \(tx.now) AND b.status IN ('pending', 'confirmed')
            ORDER BY b.start_at, b.id
            """, as: BookingRow.self)
        try BookedResources.complete(&rows, in: tx)
        try self.bookings.recognize(&rows, in: tx)
        let organization = try self.bookings.organizations.current(in: tx)
        let seen = rows.filter { filter.admits($0.ownership) }
        let views = try self.bookings.views(seen, call, organization, in: tx)
        return Dictionary(grouping: views) { $0.series?.id ?? ID(high: 0, low: 0) }
            .mapValues { SeriesAction.allowed(by: $0) }
    }

    /// The condition under which the caller may see a row `s` of the series: none for who may see all.
    private func access(in tx: ReadTransaction) throws -> [SQL] {
        switch try tx.filter(.readBooking) {
        case .organization: []
        case .own(let person): [try self.isTaken(by: person, in: tx)]
        case .assigned(let person):
            [
                """
                (\(try self.isTaken(by: person, in: tx)) OR EXISTS (
                    SELECT 1 FROM \(BookingsSchema.booking) b
                    WHERE b.organization_id = s.organization_id AND b.series_id = s.id
                        AND \(try self.bookings.isGiven(by: person, in: tx))))
                """
            ]
        }
    }

    /// The condition that a row `s` of the series is a person's own, or of somebody for whom they act.
    private func isTaken(by person: ID<Person>, in tx: ReadTransaction) throws -> SQL {
        "s.customer_person_id IN \(list: [person] + (try Wards.all(of: person, in: tx)))"
    }
}
