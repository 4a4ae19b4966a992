internal import AlmanacStorage

/// Makes a series of iCalendar properties.
struct RecurrenceReader {
    /// A date or a time as it stands in a property.
    private enum Value {
        case day(LocalDate)
        /// Without a zone of its own.
        case floating(LocalDateTime)
        case utc(Instant)
    }

    private var zone: Zone?
    private let policy: WallTimePolicy
    private var start: Recurrence.Start?
    private var rule: RecurrenceRule?

    init(zone: Zone?, policy: WallTimePolicy) {
        self.zone = zone
        self.policy = policy
    }

    mutating func recurrence(_ text: String) throws(RecurrenceError) -> Recurrence {
        let properties = try ICalendarProperty.properties(of: text)
        for property in properties { try self.readOnce(property) }
        guard let start = self.start else {
            throw RecurrenceError(.malformed, "a series needs DTSTART; add it, as DTSTART;TZID=Europe/Berlin:…")
        }
        guard let zone = self.zone else {
            throw RecurrenceError(.unknownZone, "DTSTART names no zone; add one, as DTSTART;TZID=Europe/Berlin:…")
        }
        var added: [LocalDateTime] = []
        var excluded: [LocalDateTime] = []
        for property in properties where property.name == "RDATE" { added += try self.times(property, zone) }
        for property in properties where property.name == "EXDATE" { excluded += try self.times(property, zone) }
        return try Recurrence(start: start, zone: zone, rule: self.rule, policy: self.policy)
            .adding(added).excluding(excluded)
    }

    private mutating func readOnce(_ property: ICalendarProperty) throws(RecurrenceError) {
        switch property.name {
        case "DTSTART":
            guard self.start == nil else { throw Self.repeated(property) }
            try self.readStart(property)
        case "RRULE":
            guard self.rule == nil else { throw Self.repeated(property) }
            do {
                self.rule = try RecurrenceRuleParser.rule(property.value)
            } catch {
                throw error.moved(by: property.valuePosition - 1)
            }
        case "RDATE", "EXDATE": break
        case "EXRULE":
            throw RecurrenceError(
                .unsupportedPart, at: property.position,
                "EXRULE is no longer part of iCalendar; name the excluded times with EXDATE")
        default:
            throw RecurrenceError(
                .unknownPart, at: property.position,
                "a series has DTSTART, RRULE, RDATE and EXDATE; leave out other properties")
        }
    }

    private mutating func readStart(_ property: ICalendarProperty) throws(RecurrenceError) {
        let values = try self.values(property)
        guard values.count == 1 else {
            throw RecurrenceError(.malformed, at: property.valuePosition, "DTSTART is one date or time")
        }
        let named = try Self.zone(of: property)
        switch values[0] {
        case .day(let date): self.start = .day(date)
        case .floating(let local):
            self.start = .time(local)
            self.zone = named ?? self.zone
        case .utc(let instant):
            self.start = .time(Self.local(instant, .utc))
            self.zone = .utc
        }
    }

    private func times(_ property: ICalendarProperty, _ zone: Zone) throws(RecurrenceError) -> [LocalDateTime] {
        let isAllDay = if case .day = self.start { true } else { false }
        let named = try Self.zone(of: property) ?? zone
        var times: [LocalDateTime] = []
        for value in try self.values(property) {
            switch value {
            case .day(let date) where isAllDay: times.append(LocalDateTime(date, secondOfDay: 0))
            case .floating(let local) where !isAllDay:
                // The same time in the zone of the series.
                times.append(named == zone ? local : Self.local(named.instants(of: local).compatible, zone))
            case .utc(let instant) where !isAllDay: times.append(Self.local(instant, zone))
            default:
                throw RecurrenceError(
                    .malformed, at: property.valuePosition,
                    "\(property.name) holds \(isAllDay ? "dates" : "times"), as DTSTART does; write "
                        + (isAllDay ? "\(property.name);VALUE=DATE:20260301" : "\(property.name):20260301T090000Z"))
            }
        }
        return times
    }

    private func values(_ property: ICalendarProperty) throws(RecurrenceError) -> [Value] {
        let kind = property.parameters["VALUE"]?.uppercased()
        var values: [Value] = []
        var position = property.valuePosition
        for item in property.value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            if kind == "PERIOD" || item.contains(UInt8(ascii: "/")) {
                throw RecurrenceError(
                    .unsupportedPart, at: position,
                    "periods are not supported, all occurrences last equally long; give the time at which it begins")
            }
            guard let value = Self.value(item), Self.isKind(kind, value) else {
                throw RecurrenceError(
                    .valueOutOfRange, at: position,
                    "this is no \(kind == "DATE" ? "date" : "time") that exists; write 20260301T090000, "
                        + "20260301T090000Z, or 20260301 with VALUE=DATE")
            }
            values.append(value)
            position += item.count + 1
        }
        return values
    }

    private static func value(_ text: ArraySlice<UInt8>) -> Value? {
        if let date = LocalDate(basic: text) { return .day(date) }
        if let local = LocalDateTime(basic: text) { return .floating(local) }
        guard let last = text.last, last | 0x20 == UInt8(ascii: "z") else { return nil }
        return LocalDateTime(basic: text.dropLast()).map { .utc(Instant(seconds: Int64($0.localSeconds))) }
    }

    /// Whether `VALUE` says what the value is; without it dates are taken as such, as other programs do.
    private static func isKind(_ kind: String?, _ value: Value) -> Bool {
        guard let kind else { return true }
        if case .day = value { return kind == "DATE" }
        return kind == "DATE-TIME"
    }

    private static func zone(of property: ICalendarProperty) throws(RecurrenceError) -> Zone? {
        guard let name = property.parameters["TZID"] else { return nil }
        do {
            return try Zone(name)
        } catch {
            throw RecurrenceError(.unknownZone, at: property.position, error.description)
        }
    }

    private static func local(_ instant: Instant, _ zone: Zone) -> LocalDateTime {
        let (date, second) = zone.local(at: instant)
        return LocalDateTime(date, secondOfDay: second)
    }

    private static func repeated(_ property: ICalendarProperty) -> RecurrenceError {
        RecurrenceError(
            .repeatedPart, at: property.position, "\(property.name) stands twice; a series has one, put both into one")
    }
}
