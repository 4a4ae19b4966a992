internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// A limit on the wire.
struct BookingLimitValue: APIInput, Codable, Equatable {
    let period: BookingLimit.Period
    let bookings: Int?
    let minutes: Int?

    static let constraints: [String: Constraint] = [
        "period": .field("Dates of the provider's own calendar; a week begins with the organization's first weekday."),
        "bookings": .integer(1...10_000, "How many bookings there may be."),
        "minutes": .integer(1...100_000, "How long they may take together, without buffers."),
    ]

    init(_ limit: BookingLimit) {
        self.period = limit.period
        self.bookings = limit.bookings
        self.minutes = limit.minutes
    }

    var limit: BookingLimit { BookingLimit(period: self.period, bookings: self.bookings, minutes: self.minutes) }

    /// What is wrong with several limits of one holder.
    static func faults(of limits: [BookingLimit], at place: String) -> [Refusal.Field] {
        var fields: [Refusal.Field] = []
        var seen: Set<BookingLimit.Period> = []
        for (index, limit) in limits.enumerated() {
            if !seen.insert(limit.period).inserted {
                fields.append(.init("\(place)/\(index)/period", "duplicate", "each period may come once only"))
            } else if limit.bookings == nil, limit.minutes == nil {
                fields.append(
                    .init("\(place)/\(index)", "limit_of_nothing", "say how many `bookings` or how many `minutes`"))
            }
        }
        return fields
    }
}

extension BookingLimit.Period: Codable, APIValue {}
extension Packing: Codable, APIValue {}

extension EventTypeLimits {
    static let offset = 0...1_439
    static let gap = 0...1_440

    /// The fields of an event type that say where starts may fall and how much may be booked.
    static let timing: [String: Constraint] = [
        "bookableFrom": .field("The first date that can be booked, on the provider's calendar."),
        "bookableTo": .field(
            "The last date that can be booked. `bookingWindowDays` holds too; left out, it is then the most there is."),
        "startOffsetMinutes": .integer(
            Self.offset, default: 0, "By how much starts come after the beginning of hours; less than the interval."),
        "minimumGapMinutes": .integer(
            Self.gap, default: 0,
            "The least free time between a booking and its neighbors, buffers apart; they may also adjoin."),
        "packing": .field(
            default: "none",
            "Whether starts are left out that would leave too little time before and after them for another booking: of "
                + "this event type, or of the provider's shortest."),
        "limits": .items(0...3, default: [], "How much may be booked of it, with all providers together."),
    ]
}
