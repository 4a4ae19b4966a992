internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Where a booking stands in a series: the time that the series has for it, wherever the booking itself has been moved.
///
/// It is what RFC 5545 §3.8.4.4 calls the recurrence id: it stays when the booking alone is moved, and moves with the
/// series.
struct SeriesPlace: Sendable, Hashable {
    /// The series.
    let series: ID<BookingSeries>
    /// The wall time that the series has.
    let local: LocalDateTime
    /// When that is, as it was when the series was made or moved.
    let instant: Instant

    init(series: ID<BookingSeries>, local: LocalDateTime, instant: Instant) {
        self.series = series
        self.local = local
        self.instant = instant
    }

    /// Reads the three columns of a booking.
    ///
    /// - Returns: `nil` for a booking that is in no series.
    init?(row: inout RowReader) throws {
        let series: ID<BookingSeries>? = try row.nextIfPresent()
        let local: LocalDateTime? = try row.nextIfPresent()
        let instant: Instant? = try row.nextIfPresent()
        guard let series, let local, let instant else { return nil }
        self.init(series: series, local: local, instant: instant)
    }
}

extension BookingRow {
    /// Whether it stands elsewhere than the series has it: somebody has moved it alone.
    ///
    /// Nothing remembers the move itself, so that what is moved back is no exception any more.
    var isException: Bool { self.place.map { $0.instant != self.start } ?? false }
}
