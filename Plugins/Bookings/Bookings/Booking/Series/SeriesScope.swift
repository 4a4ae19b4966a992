internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension SeriesScope {
    /// The bookings that are meant, by start; none that has begun, unless it is named alone.
    ///
    /// - Parameters:
    ///   - named: The booking from which the scope counts.
    ///   - rows: The bookings of the series that the caller may see.
    ///   - now: The instant that counts as now.
    /// - Returns: At least one booking.
    /// - Throws: ``Refusal`` when a booking has to be named, is none of the series, or nothing is still to come.
    func bookings(from named: ID<Booking>?, of rows: [BookingRow], at now: Instant) throws -> [BookingRow] {
        let toCome = rows.filter { row in
            [.pending, .confirmed].contains(row.status) && now < row.start && !row.hasLapsed(at: now)
        }
        if self == .all, named == nil {
            guard !toCome.isEmpty else { throw Refusal.seriesOver }
            return toCome
        }
        guard let named else {
            throw Refusal.invalid("/booking", "required", "say from which booking of the series on")
        }
        guard let first = rows.first(where: { $0.id == named }), let place = first.place else {
            throw Refusal.invalid("/booking", "unknown_booking", "the series has no such booking")
        }
        if self == .this { return [first] }
        guard toCome.contains(where: { $0.id == named }) else {
            throw Refusal.invalid(
                "/booking", "booking_begun", "this has begun, or takes place no more: name another one")
        }
        // By the order of the series: one that was moved alone still stands where the series has it.
        return self == .all ? toCome : toCome.filter { row in row.place.map { place.local <= $0.local } ?? false }
    }
}

extension Refusal {
    fileprivate static let seriesOver = Refusal(
        .conflict, "series_over", "no booking of this series is still to come")
}
