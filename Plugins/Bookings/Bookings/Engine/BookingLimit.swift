internal import AlmanacStorage

/// The most that may be booked in a day, a week or a month: of an event type, or with a provider.
struct BookingLimit: Sendable, Hashable {
    /// What is counted together: dates of the provider's own calendar.
    enum Period: String, Sendable, Hashable, CaseIterable {
        /// One date.
        case day
        /// Seven dates from the organization's first weekday on.
        case week
        /// A month of the calendar.
        case month

        /// The dates counted together with one, as days since 1970-01-01.
        func days(around day: Int, firstWeekday: Weekday) -> ClosedRange<Int> {
            switch self {
            case .day: return day...day
            case .week:
                let date = LocalDate(daysSinceEpoch: day)
                let first = day - (date.weekday.rawValue - firstWeekday.rawValue + 7) % 7
                return first...(first + 6)
            case .month:
                let first = day - LocalDate(daysSinceEpoch: day).day + 1
                // The 31st day after the first lies in the next month, however long this one is.
                return first...(first + 31 - LocalDate(daysSinceEpoch: first + 31).day)
            }
        }

        /// How many dates before and after one may be counted together with it.
        var reach: Int {
            switch self {
            case .day: 0
            case .week: 6
            case .month: 30
            }
        }
    }

    /// What is counted together.
    let period: Period
    /// How many bookings there may be; `nil` is any number.
    let bookings: Int?
    /// How many minutes they may take, without buffers; `nil` is any number.
    let minutes: Int?
}

/// What has been booked on each date.
struct BookingTally: Sendable, Hashable {
    /// Bookings and how long they take.
    struct Amount: Sendable, Hashable {
        var bookings = 0
        var minutes = 0
    }

    private var amounts: [Int: Amount] = [:]

    /// Counts bookings of a date, given as days since 1970-01-01.
    mutating func add(_ amount: Amount, on day: Int) {
        self.amounts[day, default: Amount()].bookings += amount.bookings
        self.amounts[day, default: Amount()].minutes += amount.minutes
    }

    /// What has been booked on some dates together.
    func sum(over days: ClosedRange<Int>) -> Amount {
        guard !self.amounts.isEmpty else { return Amount() }
        var sum = Amount()
        for day in days {
            guard let amount = self.amounts[day] else { continue }
            sum.bookings += amount.bookings
            sum.minutes += amount.minutes
        }
        return sum
    }
}
