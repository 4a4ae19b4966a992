internal import AlmanacStorage

/// What an event says about time (`VEVENT`, RFC 5545 §3.6.1).
struct CalendarEvent {
    let uid: String
    let sequence: Int
    /// The time as the wall shows it; 00:00 of a whole day.
    let start: LocalDateTime
    let isAllDay: Bool
    let zone: CalendarZone
    let length: CalendarLength
    let rule: RecurrenceRule?
    /// Which time of the series this event stands in the place of (`RECURRENCE-ID`).
    let replaces: Instant?
    /// Whether it takes time.
    let isBusy: Bool
    private(set) var added: [(start: Instant, end: Instant)] = []
    private(set) var excluded: Set<Instant> = []
    /// Dates that are excluded as a whole, which some programs write for series of times.
    private(set) var excludedDates: Set<LocalDate> = []
    /// Whether something in it could not be understood.
    private(set) var isPartlyUnreadable = false

    private let floating: Zone
    private let zones: [String: DescribedZone]

    /// Reads an event; `nil` when it has no beginning.
    init?(_ properties: CalendarFile.Component, zones: [String: DescribedZone], floating: Zone) {
        func first(_ name: String) -> ICalendarProperty? { properties.first { $0.name == name } }
        guard let property = first("DTSTART"), let value = CalendarValue(property.value[...]) else { return nil }
        let (start, isAllDay): (LocalDateTime, Bool)
        var zone = Self.zone(of: property, zones, floating)
        switch value {
        case .date(let date): (start, isAllDay, zone) = (LocalDateTime(date, secondOfDay: 0), true, .named(floating))
        case .local(let local): (start, isAllDay) = (local, false)
        case .utc(let instant):
            zone = .named(.utc)
            (start, isAllDay) = (zone.local(at: instant), false)
        }
        var isOdd = false
        let begin = isAllDay ? floating.startOfDay(start.date) : zone.instant(of: start)
        if let end = first("DTEND") {
            let last = CalendarValue(end.value[...]).map { value -> (CalendarValue, Instant) in
                (value, Self.instant(value, Self.zone(of: end, zones, floating), floating))
            }
            self.length = Self.length(until: last, from: begin, start.date, isAllDay, &isOdd)
        } else {
            self.length = Self.length(first("DURATION"), isAllDay, &isOdd)
        }
        let rule = first("RRULE").map { Self.rule($0, isAllDay: isAllDay) }
        if case .some(nil) = rule { isOdd = true }
        let replaces = first("RECURRENCE-ID")
        // What holds for all later times as well is more than one event can say here.
        if replaces?.parameters["RANGE"] != nil { isOdd = true }
        self.replaces = replaces.flatMap { property in
            CalendarValue(property.value[...]).map {
                Self.instant($0, Self.zone(of: property, zones, floating), floating)
            }
        }
        self.uid = first("UID").map { Self.text($0.value) } ?? ""
        self.sequence = first("SEQUENCE").flatMap { Int(String(decoding: $0.value.prefix(12), as: UTF8.self)) } ?? 0
        (self.start, self.isAllDay, self.zone, self.rule) = (start, isAllDay, zone, rule ?? nil)
        (self.zones, self.floating) = (zones, floating)
        self.isBusy = Self.isBusy(properties)
        self.isPartlyUnreadable = isOdd
        for property in properties where property.name == "RDATE" { self.add(property) }
        for property in properties where property.name == "EXDATE" { self.exclude(property) }
    }

    /// Where an occurrence ends that begins at an instant, which is this time on the wall.
    func end(from start: Instant, _ local: LocalDateTime) -> Instant {
        guard self.length.days > 0 else { return start.adding(seconds: self.length.seconds) }
        let day = LocalDateTime(local.date.adding(days: self.length.days), secondOfDay: local.secondOfDay)
        return self.begin(of: day).adding(seconds: self.length.seconds)
    }

    /// When the wall shows a time; a whole day begins with its first instant.
    func begin(of local: LocalDateTime) -> Instant {
        guard self.isAllDay else { return self.zone.instant(of: local) }
        return self.floating.startOfDay(local.date)
    }

    // MARK: Reading

    /// Text without what is no UTF-8, and without control characters.
    private static func text(_ value: [UInt8]) -> String {
        let text = String(decoding: value, as: UTF8.self)
        var plain = String.UnicodeScalarView()
        plain.append(contentsOf: text.unicodeScalars.filter { $0.properties.generalCategory != .control })
        return String(plain)
    }

    private static func zone(
        of property: ICalendarProperty, _ zones: [String: DescribedZone], _ floating: Zone
    ) -> CalendarZone {
        guard let name = property.parameters["TZID"] else { return .named(floating) }
        if let zone = CalendarZone.named(name) { return .named(zone) }
        return zones[name].map { .described($0) } ?? .named(floating)
    }

    private static func instant(_ value: CalendarValue, _ zone: CalendarZone, _ floating: Zone) -> Instant {
        switch value {
        case .date(let date): floating.startOfDay(date)
        case .local(let local): zone.instant(of: local)
        case .utc(let instant): instant
        }
    }

    /// How long the event lasts that ends at an instant.
    private static func length(
        until end: (value: CalendarValue, instant: Instant)?, from begin: Instant, _ date: LocalDate, _ isAllDay: Bool,
        _ isOdd: inout Bool
    ) -> CalendarLength {
        guard let end else {
            isOdd = true
            return CalendarLength(days: isAllDay ? 1 : 0)
        }
        if isAllDay, case .date(let last) = end.value {
            // Some programs end a day where it begins, and mean that day.
            return CalendarLength(days: max(LocalDate.days(from: date, to: last), 1))
        }
        return CalendarLength(seconds: end.instant.microseconds(since: begin) / 1_000_000)
    }

    /// How long the event lasts that says so, or says nothing: a date is then a day, a time a moment.
    private static func length(
        _ duration: ICalendarProperty?, _ isAllDay: Bool, _ isOdd: inout Bool
    ) -> CalendarLength {
        if let duration {
            if let length = CalendarLength(duration.value[...]) { return length }
            isOdd = true
        }
        return CalendarLength(days: isAllDay ? 1 : 0)
    }

    /// The rule by which the event repeats; `nil` when it has none that can be followed.
    private static func rule(_ property: ICalendarProperty, isAllDay: Bool) -> RecurrenceRule? {
        guard let rule = try? RecurrenceRule(rule: String(decoding: property.value, as: UTF8.self)) else { return nil }
        let parts = rule.parts
        let times = max(parts.hours.count, 1) * max(parts.minutes.count, 1) * max(parts.seconds.count, 1)
        let isTooFine = rule.frequency < .hourly || (isAllDay && rule.frequency < .daily)
        // Positions among the times of single days are nothing that people use, and slow to look for.
        let isSlow = !parts.positions.isEmpty && rule.frequency < .weekly
        return isTooFine || isSlow || times > CalendarLimits.timesOfDay ? nil : rule
    }

    private static func isBusy(_ properties: CalendarFile.Component) -> Bool {
        func says(_ name: String, _ word: String) -> Bool {
            properties.contains { property in
                property.name == name
                    && String(decoding: property.value.prefix(40), as: UTF8.self).uppercased() == word
            }
        }
        return !says("STATUS", "CANCELLED") && !says("TRANSP", "TRANSPARENT")
            && !says("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")
    }

    private mutating func add(_ property: ICalendarProperty) {
        let zone = Self.zone(of: property, self.zones, self.floating)
        for item in property.value.split(separator: UInt8(ascii: ",")) {
            if let value = CalendarValue(item) {
                let start = Self.instant(value, zone, self.floating)
                self.added.append((start, self.end(from: start, self.zone.local(at: start))))
            } else if let period = CalendarPeriod(item) {
                self.added.append(Self.stretch(period, zone, self.floating))
            } else {
                self.isPartlyUnreadable = true
            }
        }
    }

    private mutating func exclude(_ property: ICalendarProperty) {
        let zone = Self.zone(of: property, self.zones, self.floating)
        for item in property.value.split(separator: UInt8(ascii: ",")) {
            switch CalendarValue(item) {
            case .date(let date)?: self.excludedDates.insert(date)
            case let value?: self.excluded.insert(Self.instant(value, zone, self.floating))
            case nil: self.isPartlyUnreadable = true
            }
        }
    }

    /// From where to where a period reaches.
    static func stretch(
        _ period: CalendarPeriod, _ zone: CalendarZone, _ floating: Zone
    ) -> (start: Instant, end: Instant) {
        let start = Self.instant(period.start, zone, floating)
        switch period.end {
        case .at(let value): return (start, Self.instant(value, zone, floating))
        case .after(let length):
            return (start, start.adding(seconds: Int64(length.days) * 86_400 + length.seconds))
        }
    }
}
