internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Which bookings are counted, and how finely.
struct CountBookings: APIInput {
    /// How much time one line covers.
    enum Unit: String, Codable, Sendable, CaseIterable, APIValue { case day, week }

    let from: LocalDate
    let to: LocalDate
    let unit: Unit
    let provider: ID<Provider>?

    static let constraints: [String: Constraint] = [
        "from": .field("The first date on which bookings start, in the zone of each."),
        "to": .field("The last date on which bookings start; at most 400 days are counted."),
        "unit": .field(default: "day", "How much time one item covers; a week begins with Monday."),
        "provider": .field("Only bookings with this provider."),
    ]
}

/// How much was booked, a line for each day or week, the empty ones too.
struct BookingStatistics: Codable, Sendable {
    /// One day or week.
    struct Line: Codable, Sendable {
        /// The day, or the week's Monday.
        let date: LocalDate
        /// How many bookings there are that are neither cancelled nor rejected.
        var bookings = 0
        /// How many of them wait for something.
        var pending = 0
        /// How many were cancelled or rejected.
        var cancelled = 0
        /// How many of the bookings nobody came to.
        var noShows = 0
        /// How long the bookings take together.
        var bookedMinutes = 0
        /// What bookings that are confirmed or took place cost, in the organization's currency; others are left out.
        var revenue: Money
    }

    let items: [Line]
}

extension BookingReader {
    /// The most days that are counted at once.
    private static let longestCount = 400

    /// What was booked on one date in one status.
    private struct Tally: Record {
        static let columns: Columns = [
            "b.local_date", "b.status", "b.price_currency", "count(*)", "CAST(sum(b.price_amount) AS bigint)",
            "CAST(sum(b.end_at - b.start_at) AS bigint)",
        ]

        let date: LocalDate
        let status: Booking.Status
        let currency: String
        let bookings: Int
        let price: Int
        let minutes: Int

        init(row: inout RowReader) throws {
            self.date = try row.next()
            self.status = try row.next()
            self.currency = try row.next()
            self.bookings = try row.next()
            self.price = try row.next()
            let length: Int = try row.next()
            self.minutes = length / Int(TimeSpan.minute)
        }
    }

    /// Counts the bookings that the caller may see; one statement, along the index by start.
    func statistics(_ input: CountBookings, in tx: ReadTransaction) throws -> BookingStatistics {
        guard input.from <= input.to, LocalDate.days(from: input.from, to: input.to) < Self.longestCount else {
            throw Refusal.invalid("/to", "range", "from the first date to the last are 1 to 400 days")
        }
        let organization = try self.organizations.current(in: tx)
        // A day more on either side: the dates are those of any zone.
        var conditions: [SQL] = [
            "b.organization_id = \(organization.id)",
            "b.start_at >= \(Zone.utc.startOfDay(input.from.adding(days: -1)))",
            "b.start_at < \(Zone.utc.startOfDay(input.to.adding(days: 2)))",
            "b.local_date BETWEEN \(input.from) AND \(input.to)",
        ]
        conditions.append(contentsOf: try self.access(in: tx))
        if let provider = input.provider { conditions.append(Self.isGiven(by: provider)) }
        let tallies = try tx.fetchAll(
            """
            SELECT \(Tally.columns) FROM \(BookingsSchema.booking) b WHERE \(SQL.joined(conditions, by: " AND "))
            GROUP BY b.local_date, b.status, b.price_currency
            """, as: Tally.self)
        var lines: [LocalDate: BookingStatistics.Line] = [:]
        let free = try Money(amount: 0, currency: organization.currency)
        var date = input.from
        while date <= input.to {
            let start = Self.start(of: date, input.unit)
            lines[start] = lines[start] ?? BookingStatistics.Line(date: start, revenue: free)
            date = date.adding(days: 1)
        }
        for tally in tallies {
            let start = Self.start(of: tally.date, input.unit)
            lines[start]?.add(tally.status, tally.bookings, tally.minutes)
            guard tally.currency == organization.currency, tally.status.isEarned, let line = lines[start] else {
                continue
            }
            let price = try Money(amount: tally.price, currency: tally.currency)
            lines[start]?.revenue = try line.revenue.adding(price)
        }
        return BookingStatistics(items: lines.values.sorted { $0.date < $1.date })
    }

    private static func start(of date: LocalDate, _ unit: CountBookings.Unit) -> LocalDate {
        unit == .day ? date : date.adding(days: 1 - date.weekday.rawValue)
    }
}

extension BookingStatistics.Line {
    /// Counts bookings of one status.
    fileprivate mutating func add(_ status: Booking.Status, _ count: Int, _ minutes: Int) {
        switch status {
        case .cancelled, .rejected:
            self.cancelled += count
            return
        case .pending: self.pending += count
        case .noShow: self.noShows += count
        case .confirmed, .inProgress, .completed: break
        }
        self.bookings += count
        self.bookedMinutes += minutes
    }
}

extension Booking.Status {
    /// Whether somebody pays for it: it is agreed, or took place, or would have.
    fileprivate var isEarned: Bool {
        switch self {
        case .confirmed, .inProgress, .completed, .noShow: true
        case .pending, .cancelled, .rejected: false
        }
    }
}
