internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Cancels several bookings of a series at once; each by its own policies, with its own fee.
struct SeriesCancellation: Sendable {
    let writer: BookingWriter
    let series: SeriesReader

    /// Cancels all bookings to come, or those from one on.
    ///
    /// - Throws: ``Refusal`` with code `series_conflict` that names every booking that cannot be cancelled, when all are
    ///   to be or none can.
    func cancel(_ input: CancelBookingSeries, _ call: Call, in tx: Transaction) throws -> SeriesAnswer {
        let found = try self.series.locked(input.id, in: tx)
        var series = found.series
        try call.match(version: series.version)
        let rows = try self.series.visible(found.rows, in: tx.reading)
        let meant = try input.scope.bookings(from: input.booking, of: rows, at: tx.now)
        var possible: [(row: BookingRow, charge: BookingCharge)] = []
        var conflicts: [SeriesConflict] = []
        for row in meant {
            do {
                possible.append((row, try row.permit(.cancel, charging: input.chargeFee, call, in: tx)))
            } catch let refusal as Refusal {
                conflicts.append(row.conflict(because: refusal))
            }
        }
        guard input.mode == .free || conflicts.isEmpty, !possible.isEmpty else {
            throw Refusal.seriesConflict(conflicts, of: meant.count)
        }
        var cancelled: [BookingRow] = []
        for (row, charge) in possible {
            var row = row
            try self.writer.cancel(&row, charge, because: input.reason, with: series.id, call, in: tx)
            cancelled.append(row)
        }
        try self.writer.ledger.release(cancelled.map(\.id), in: tx)
        try series.become(series.recurrence, call: call, in: tx)
        let fee = try possible.compactMap(\.charge.fee).total
        try tx.audit(
            "bookings.booking-series.cancelled", object: series.object,
            detail: ["bookings": .number(JSONNumber(cancelled.count)), "scope": .string(input.scope.rawValue)])
        try tx.emit(
            BookingSeriesCancelled(
                series: series.id, customer: series.customer, bookings: cancelled.map(\.id), fee: fee))
        return try self.series.answer(series, rows, changed: cancelled, conflicts, fee: fee, call, in: tx)
    }
}

extension BookingRow {
    /// Refuses what cannot be done with a booking of a series now, or not by the caller, and decides what it costs.
    ///
    /// The version that the caller names is that of the series.
    func permit(
        _ action: BookingAction, charging isCharged: Bool?, _ call: Call, in tx: Transaction
    ) throws -> BookingCharge {
        try tx.require(action.rule.permission, on: self.ownership(for: action))
        if let obstacle = action.obstacle(in: self, waitingFor: [], at: tx.now) { throw obstacle.refusal }
        return try self.charge(for: action, isCharged, call, in: tx)
    }

    /// What is told of a booking of a series that cannot be changed.
    ///
    /// - Parameters:
    ///   - refusal: Why.
    ///   - start: Where it was to go, when it was to be moved.
    ///   - alternatives: Where it could go instead.
    /// - Returns: The conflict, at the place that the series has for the booking.
    func conflict(
        because refusal: Refusal, at start: Instant? = nil, alternatives: [SeriesConflict.Alternative] = []
    ) -> SeriesConflict {
        let local = self.zone.local(at: self.start)
        return SeriesConflict(
            self.place?.local ?? LocalDateTime(local.date, secondOfDay: local.secondOfDay), at: start ?? self.start,
            booking: self.id, because: refusal, alternatives: alternatives)
    }
}

extension [Money] {
    /// All of them together; `nil` when there are none.
    ///
    /// - Throws: ``MoneyError`` when they are of several currencies.
    var total: Money? {
        get throws {
            guard let first = self.first else { return nil }
            return try self.dropFirst().reduce(first) { try $0.adding($1) }
        }
    }
}
