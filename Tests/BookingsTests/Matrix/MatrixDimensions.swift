import AlmanacStorage

/// One respect in which bookings differ.
///
/// A new one is an enumeration here and a line in ``MatrixRow/init(choosing:)``.
protocol MatrixDimension: CaseIterable, RawRepresentable<String>, Sendable, Hashable where AllCases == [Self] {
    /// What the table calls it.
    static var title: String { get }
}

/// Who gives a booking.
enum MatrixHosts: String, MatrixDimension {
    case one, any, all
    static let title = "hosts"
}

/// How many share a start.
enum MatrixGroup: String, MatrixDimension {
    case single
    case seats = "3 seats"
    static let title = "group"

    var capacity: Int { self == .single ? 1 : 3 }
    /// How many seats the booking takes that is followed through its life.
    var wanted: Int { self == .single ? 1 : 2 }
}

/// Whether customers wait for somebody's approval.
enum MatrixApproval: String, MatrixDimension {
    case none = "–"
    case required
    static let title = "approval"
}

/// Whether it is booked once or every week.
enum MatrixSeries: String, MatrixDimension {
    case none = "–"
    case weekly = "2 weeks"
    static let title = "series"
}

/// What a booking takes besides.
enum MatrixResources: String, MatrixDimension {
    case none = "–"
    case room
    case roomAndVehicle = "room, vehicle"
    static let title = "resources"

    /// How many bookings there is enough of it for at a time.
    var most: Int { self == .room ? 1 : 2 }
    /// How many resources it is.
    var count: Int { self == .none ? 0 : self == .room ? 1 : 2 }
}

/// What is kept free around a booking.
enum MatrixBuffers: String, MatrixDimension {
    case none = "–"
    case around = "15 + 15"
    static let title = "buffers"
}

/// How much may be booked.
enum MatrixLimits: String, MatrixDimension {
    case none = "–"
    case eventType = "2 a day"
    case provider = "120 min a week, each host"
    static let title = "limits"
}

/// Where a booking is moved to, and how often it may be.
enum MatrixMove: String, MatrixDimension {
    case sameDay = "same day"
    case nextDay = "next day"
    case once = "once only"
    static let title = "reschedule"
}

/// Whether others wait for the start while it is taken.
enum MatrixWaitlist: String, MatrixDimension {
    case none = "–"
    case waiting = "wait"
    static let title = "waitlist"
}

/// Whether the slot is held before it is booked.
enum MatrixHold: String, MatrixDimension {
    case none = "–"
    case held
    static let title = "hold"
}

/// Who books.
enum MatrixBooker: String, MatrixDimension {
    case account
    case staff
    case guest
    static let title = "booked by"
}

/// What clocks do on the date: Berlin's, of 2026.
enum MatrixWeek: String, MatrixDimension {
    case ordinary
    case spring = "clocks go forward"
    case autumn = "clocks go back"
    static let title = "week"

    /// The date that is booked, and the one after it.
    var dates: (first: String, second: String) {
        switch self {
        case .ordinary: ("2026-03-18", "2026-03-19")
        case .spring: ("2026-03-29", "2026-03-30")
        case .autumn: ("2026-10-25", "2026-10-26")
        }
    }

    // The hours are 00:00 to 06:00 of each date, by the clock on the wall. One of them does not occur when clocks go
    // forward, and one occurs twice when they go back. Written down rather than computed.

    /// The first start of the date.
    var firstStart: String {
        switch self {
        case .ordinary: "2026-03-17T23:00:00Z"
        case .spring: "2026-03-28T23:00:00Z"
        case .autumn: "2026-10-24T22:00:00Z"
        }
    }

    /// How many whole hours are between 00:00 and 06:00.
    var hours: Int {
        switch self {
        case .ordinary: 6
        case .spring: 5
        case .autumn: 7
        }
    }

    /// The third start of the date by the clock on the wall; the first of two when clocks go back.
    var thirdLocalStart: String {
        switch self {
        case .ordinary: "2026-03-18T02:00:00"
        case .spring: "2026-03-29T03:00:00"
        case .autumn: "2026-10-25T02:00:00"
        }
    }

    /// When somebody who waits for the third start of the date, or for the fifth, would like to begin.
    ///
    /// By the clock on the wall; by UTC's where the one on the wall shows the hour twice, for either would do then.
    func wish(isFifth: Bool) -> JSONObject {
        let (date, hour): (String, String) =
            switch self {
            case .ordinary: ("2026-03-18", isFifth ? "04" : "02")
            case .spring: ("2026-03-29", isFifth ? "05" : "03")
            case .autumn: ("2026-10-25", isFifth ? "02" : "00")
            }
        var wish: JSONObject = [
            "from": .string(date), "to": .string(date), "startTime": .string("\(hour):00"),
            "endTime": .string("\(hour):30"),
        ]
        if self == .autumn { wish["timeZone"] = "UTC" }
        return wish
    }

    /// The same time of the wall clock a week later.
    var weekLater: String {
        switch self {
        case .ordinary: "2026-03-25T01:00:00Z"
        case .spring: "2026-04-05T01:00:00Z"
        case .autumn: "2026-11-01T01:00:00Z"
        }
    }

    /// The first start of the date after it.
    var nextFirstStart: String {
        switch self {
        case .ordinary: "2026-03-18T23:00:00Z"
        case .spring: "2026-03-29T22:00:00Z"
        case .autumn: "2026-10-25T23:00:00Z"
        }
    }
}

/// What changes cost.
enum MatrixFee: String, MatrixDimension {
    case none = "–"
    case percent = "50 % / 10 %"
    case amount = "10.00 / 5.00"
    static let title = "fee to cancel / move"

    /// What the customer owes for cancelling, of a price in minor units.
    func cancelling(_ price: Int) -> Int? {
        switch self {
        case .none: nil
        case .percent: price / 2
        case .amount: 1_000
        }
    }

    /// What the customer owes for moving.
    func moving(_ price: Int) -> Int? {
        switch self {
        case .none: nil
        case .percent: price / 10
        case .amount: 500
        }
    }

    /// The tiers of an event type for both; a year is longer than anything here is booked ahead.
    var tiers: (cancelling: JSON, moving: JSON) {
        switch self {
        case .none: ([], [])
        case .percent:
            ([["untilMinutes": 525_600], ["percent": 50]], [["untilMinutes": 525_600], ["percent": 10]])
        case .amount: ([["amount": 1_000]], [["amount": 500]])
        }
    }
}
