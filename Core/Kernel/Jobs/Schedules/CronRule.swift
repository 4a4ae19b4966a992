public import AlmanacStorage

/// Times on the clock of a place at which something happens again and again: five fields, as crontab(5) has them.
///
/// ```text
/// ┌ minute (0–59)   ┌ day of the month (1–31)
/// │  ┌ hour (0–23)  │ ┌ month (1–12, JAN–DEC)
/// │  │              │ │ ┌ day of the week (0–7, SUN–SAT; 0 and 7 are Sunday)
/// 30 2              * * MON-FRI
/// ```
///
/// A field is `*`, a number or a name, a range (`1-5`), either of these with a step (`*/15`, `8-18/2`), or several of
/// them separated by commas. Where both the day of the month and the day of the week are restricted (neither begins
/// with `*`), either is enough, as in POSIX; otherwise both must fit.
///
/// The times are **local**: whatever the clocks of the place do, each local time is one run.
/// - A time that the clocks jump over runs at the first instant after the gap.
/// - A time that the clocks show twice runs once, the first time.
/// - Runs that fall on one instant by that are one run.
public struct CronRule: Sendable, Equatable {
    /// As it was written, with single spaces.
    public let text: String
    private let minutes: [Int]
    private let days: UInt64
    private let months: UInt64
    private let weekdays: UInt64
    private let eitherDay: Bool

    /// Reads a rule.
    ///
    /// - Throws: ``CronError`` when it is none, or no day ever fits it.
    public init(_ text: String) throws(CronError) {
        let fields = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard fields.count == CronField.all.count else {
            throw CronError(
                "\"\(text.prefix(80))\" has \(fields.count) fields, but needs five: minute, hour, day of the month, month "
                    + "and day of the week")
        }
        let minutes = try CronField.minute.bits(fields[0])
        let hours = try CronField.hour.bits(fields[1])
        self.days = try CronField.day.bits(fields[2])
        self.months = try CronField.month.bits(fields[3])
        let weekdays = try CronField.weekday.bits(fields[4])
        // Sunday is 7 from here on, as in ISO 8601.
        self.weekdays = weekdays & 1 == 1 ? weekdays | 1 << 7 : weekdays
        self.eitherDay = !CronField.isOpen(fields[2]) && !CronField.isOpen(fields[4])
        self.minutes = (0..<24).filter { hours >> UInt64($0) & 1 == 1 }.flatMap { hour in
            (0..<60).filter { minutes >> UInt64($0) & 1 == 1 }.map { hour * 60 + $0 }
        }
        self.text = fields.joined(separator: " ")
        guard self.eitherDay || self.hasDay else {
            throw CronError("no month of \"\(self.text)\" ever has a day \(fields[2])")
        }
    }

    /// Whether any month has any of the days; a leap year counts.
    private var hasDay: Bool {
        (1...12).contains { month in
            guard self.months >> UInt64(month) & 1 == 1 else { return false }
            let length = [4, 6, 9, 11].contains(month) ? 30 : month == 2 ? 29 : 31
            return self.days & ((1 << UInt64(length + 1)) - 1) != 0
        }
    }

    /// Whether anything happens on a date.
    public func includes(_ date: LocalDate) -> Bool {
        let (_, month, day) = date.components
        guard self.months >> UInt64(month) & 1 == 1 else { return false }
        let fitsDay = self.days >> UInt64(day) & 1 == 1
        let fitsWeekday = self.weekdays >> UInt64(date.weekday.rawValue) & 1 == 1
        return self.eitherDay ? fitsDay || fitsWeekday : fitsDay && fitsWeekday
    }

    /// Whether anything happens at a minute of the days on which something happens, 0…1439.
    public func includes(minuteOfDay minute: Int) -> Bool { self.minutes.contains(minute) }

    /// The first run after an instant.
    ///
    /// - Parameters:
    ///   - instant: Not itself a candidate.
    ///   - zone: Whose clocks are meant.
    /// - Returns: `nil` when there is none before the year 9999.
    public func next(after instant: Instant, in zone: Zone) -> Instant? {
        // A date that a place has left out may have its runs at the beginning of the next one.
        var date = zone.localDate(at: instant).adding(days: -1)
        // The longest wait there is: a leap day on a certain weekday, over a century without one.
        for _ in 0..<Self.horizonDays {
            if self.includes(date), let run = self.first(on: date, after: instant, in: zone) { return run }
            let next = date.adding(days: 1)
            guard next > date else { return nil }
            date = next
        }
        return nil
    }

    private static let horizonDays = 41 * 366

    private func first(on date: LocalDate, after instant: Instant, in zone: Zone) -> Instant? {
        let offsets = zone.offsets(for: date)
        guard !offsets.isRegular else {
            let elapsed = instant.microseconds(since: offsets.start)
            guard let minute = self.minutes.first(where: { Int64($0) * 60_000_000 > elapsed }) else { return nil }
            return offsets.start.adding(minutes: Int64(minute))
        }
        return self.minutes.lazy
            .map { zone.instants(of: date, minute: $0).firstRun }
            .filter { $0 > instant }
            .min()
    }
}

extension LocalResolution {
    /// When something runs at this time once: the first of two, and the end of a gap.
    fileprivate var firstRun: Instant {
        switch self {
        case .one(let instant): instant
        case .ambiguous(let earlier, _): earlier
        case .skipped(_, _, let transition): transition
        }
    }
}

extension CronRule: CustomStringConvertible {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { self.text }
}
