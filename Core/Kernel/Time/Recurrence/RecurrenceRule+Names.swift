internal import AlmanacStorage

extension RecurrenceRule {
    /// The names of the parts as they stand in a rule.
    enum Part: String, CaseIterable {
        case frequency = "FREQ"
        case until = "UNTIL"
        case count = "COUNT"
        case interval = "INTERVAL"
        case seconds = "BYSECOND"
        case minutes = "BYMINUTE"
        case hours = "BYHOUR"
        case days = "BYDAY"
        case monthDays = "BYMONTHDAY"
        case yearDays = "BYYEARDAY"
        case weeks = "BYWEEKNO"
        case months = "BYMONTH"
        case positions = "BYSETPOS"
        case weekStart = "WKST"

        /// What a number in the part may be, its sign aside; `nil` where it holds no list of numbers.
        var range: ClosedRange<Int>? {
            switch self {
            case .seconds: 0...60
            case .minutes: 0...59
            case .hours: 0...23
            case .monthDays: 1...31
            case .yearDays, .positions: 1...366
            case .weeks: 1...53
            case .months: 1...12
            default: nil
            }
        }

        /// Whether a number may count from the end.
        var isSigned: Bool {
            switch self {
            case .monthDays, .yearDays, .weeks, .positions: true
            default: false
            }
        }
    }

    /// What `INTERVAL` and `COUNT` may be.
    static let countRange = 1...2_147_483_647
}

extension RecurrenceRule.Parts {
    /// Where the numbers of a part are kept.
    static func numbers(of part: RecurrenceRule.Part) -> WritableKeyPath<Self, [Int]>? {
        switch part {
        case .seconds: \.seconds
        case .minutes: \.minutes
        case .hours: \.hours
        case .monthDays: \.monthDays
        case .yearDays: \.yearDays
        case .weeks: \.weeks
        case .months: \.months
        case .positions: \.positions
        default: nil
        }
    }

    /// The `BY…` parts that are there.
    var present: [RecurrenceRule.Part] {
        RecurrenceRule.Part.allCases.filter { part in
            if part == .days { return !self.days.isEmpty }
            return Self.numbers(of: part).map { !self[keyPath: $0].isEmpty } ?? false
        }
    }
}

extension RecurrenceRule.Frequency {
    /// The name as it stands in a rule.
    var name: String {
        switch self {
        case .secondly: "SECONDLY"
        case .minutely: "MINUTELY"
        case .hourly: "HOURLY"
        case .daily: "DAILY"
        case .weekly: "WEEKLY"
        case .monthly: "MONTHLY"
        case .yearly: "YEARLY"
        }
    }
}

extension Weekday {
    /// The name as it stands in a rule, as `MO`.
    var recurrenceName: String {
        switch self {
        case .monday: "MO"
        case .tuesday: "TU"
        case .wednesday: "WE"
        case .thursday: "TH"
        case .friday: "FR"
        case .saturday: "SA"
        case .sunday: "SU"
        }
    }
}
