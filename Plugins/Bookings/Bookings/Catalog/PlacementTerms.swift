internal import AlmanacKernel
internal import AlmanacStorage

/// Where the starts of an event type may fall, beyond its interval and its booking window.
struct PlacementTerms: Sendable, Hashable {
    /// The first date that can be booked; `nil` leaves that side open.
    var bookableFrom: LocalDate?
    /// The last date that can be booked; `nil` leaves that side open.
    var bookableTo: LocalDate?
    /// By how much the grid is moved, less than the interval.
    var startOffsetMinutes = 0
    /// The least free time between a booking and its neighbors, unless they adjoin; 0 is none.
    var minimumGapMinutes = 0
    /// Which starts are left out because they would break up free time.
    var packing = Packing.none

    /// Whether it says nothing.
    var isUsual: Bool { self == Self() }

    /// The window within which one can book, which is also so many days ahead at most.
    func window(rolling days: Int) -> BookingWindow {
        self.bookableFrom == nil && self.bookableTo == nil
            ? .rolling(days: days) : .within(days: days, from: self.bookableFrom, to: self.bookableTo)
    }
}

extension PlacementTerms: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("bookableFrom", ifPresent: self.bookableFrom?.description)
            writer.member("bookableTo", ifPresent: self.bookableTo?.description)
            writer.member("startOffsetMinutes", self.startOffsetMinutes)
            writer.member("minimumGapMinutes", self.minimumGapMinutes)
            writer.member("packing", self.packing.rawValue)
        }
    }

    /// Reads what ``write(to:)`` has written; bookings that were made under the usual terms have nothing.
    init(_ json: JSON?) throws {
        guard let json else { return }
        func date(_ name: String) throws -> LocalDate? {
            guard let text = json[name]?.string else { return nil }
            guard let date = LocalDate(text) else { throw RowError("the terms of a booking have no date in \(name)") }
            return date
        }
        guard let offset = json["startOffsetMinutes"]?.int, let gap = json["minimumGapMinutes"]?.int,
            let packing = json["packing"]?.string.flatMap(Packing.init(rawValue:))
        else { throw RowError("the terms of a booking do not say where its start may fall") }
        self.bookableFrom = try date("bookableFrom")
        self.bookableTo = try date("bookableTo")
        self.startOffsetMinutes = offset
        self.minimumGapMinutes = gap
        self.packing = packing
    }
}

extension Packing: ColumnValue {}
