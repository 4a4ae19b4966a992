internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What would come of changing bookings of a series now, before anybody does.
struct SeriesConsequences: Codable, Sendable {
    /// What would come of changing one of them.
    struct Item: Codable, Sendable {
        let booking: ID<Booking>
        let start: Instant
        let cancel: BookingConsequences.Change
        let reschedule: BookingConsequences.Change
    }

    /// The bookings that are meant, by start.
    let items: [Item]
    /// What the customer would owe if all that can be were cancelled; absent when that is nothing.
    let cancelFee: Money?
    /// What the customer would owe if all that can be were moved; absent when that is nothing.
    let rescheduleFee: Money?
}

extension SeriesReader {
    /// What would come of changing bookings of a series, as far as the caller may see them.
    func consequences(
        _ input: ReadSeriesConsequences, _ call: Call, in tx: ReadTransaction
    ) throws -> SeriesConsequences {
        _ = try self.visible(input.id, in: tx)
        let rows = try self.visible(self.rows(of: input.id, in: tx), in: tx)
        let items = try input.scope.bookings(from: input.booking, of: rows, at: tx.now).map { row in
            let found = self.bookings.consequences(of: row, call, in: tx)
            return SeriesConsequences.Item(
                booking: row.id, start: row.start, cancel: found.cancel, reschedule: found.reschedule)
        }
        return SeriesConsequences(
            items: items, cancelFee: try items.map(\.cancel).filter(\.isPossible).compactMap(\.fee).total,
            rescheduleFee: try items.map(\.reschedule).filter(\.isPossible).compactMap(\.fee).total)
    }
}
