/// Sorts the lines of a text into components.
struct CalendarFileReader {
    private static let ofEvents: Set<String> = [
        "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP",
        "SEQUENCE", "X-MICROSOFT-CDO-BUSYSTATUS",
    ]
    private static let ofFreeBusy: Set<String> = ["FREEBUSY"]
    private static let ofRules: Set<String> = ["DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE"]

    private let limits: CalendarLimits
    private var parts: [CalendarFile.Part] = []
    /// The components that have begun, outermost first.
    private var open: [String] = []
    private var part = CalendarFile.Part()
    private var component: CalendarFile.Component = []
    private var zoneName: String?
    private var observances: [CalendarFile.Component] = []
    private var events = 0
    private var rules = 0

    init(limits: CalendarLimits) { self.limits = limits }

    mutating func read(_ line: [UInt8]) throws(CalendarFault) {
        guard let name = CalendarLines.name(of: line) else {
            // A line that is none may stand anywhere but where a calendar should begin.
            guard self.open.isEmpty, self.parts.isEmpty else { return }
            throw .notCalendar
        }
        switch name {
        case "BEGIN": try self.begin(Self.word(line))
        case "END": try self.end(Self.word(line))
        default:
            if self.open.isEmpty, self.parts.isEmpty { throw .notCalendar }
            self.note(name, line)
        }
    }

    /// The parts of the text that has ended.
    func finish() throws(CalendarFault) -> [CalendarFile.Part] {
        guard self.open.isEmpty else { throw .cutOff }
        guard !self.parts.isEmpty else { throw .notCalendar }
        return self.parts
    }

    private static func word(_ line: [UInt8]) -> String {
        let value = line[((line.firstIndex(of: UInt8(ascii: ":")) ?? line.count - 1) + 1)...].prefix(40)
        return String(decoding: value.filter { $0 > 0x20 }, as: UTF8.self).uppercased()
    }

    private mutating func begin(_ name: String) throws(CalendarFault) {
        if self.open.isEmpty {
            guard name == "VCALENDAR" else { throw self.parts.isEmpty ? .notCalendar : .malformed }
            self.part = CalendarFile.Part()
        }
        guard self.open.count < CalendarLimits.depth else { throw .malformed }
        self.open.append(name)
        switch (self.open.count, name) {
        case (2, "VEVENT"), (2, "VFREEBUSY"):
            self.events += 1
            guard self.events <= self.limits.events else { throw .tooManyEvents }
            self.component = []
        case (2, "VTIMEZONE"): (self.zoneName, self.observances) = (nil, [])
        case (3, "STANDARD"), (3, "DAYLIGHT"): self.component = []
        default: break
        }
    }

    private mutating func end(_ name: String) throws(CalendarFault) {
        guard self.open.last == name else { throw .malformed }
        self.open.removeLast()
        switch (self.open.count, name) {
        case (0, _): self.parts.append(self.part)
        case (1, "VEVENT"): self.part.events.append(self.component)
        case (1, "VFREEBUSY"): self.part.busy.append(self.component)
        case (1, "VTIMEZONE"): try self.finishZone()
        case (2, "STANDARD"), (2, "DAYLIGHT"):
            guard self.open[1] == "VTIMEZONE", self.observances.count < CalendarLimits.observances else { return }
            self.observances.append(self.component)
        default: break
        }
    }

    private mutating func finishZone() throws(CalendarFault) {
        // What the system knows by this name it knows better: calendars describe today's rules as if they had always
        // held.
        guard let name = self.zoneName, self.part.zones.count < CalendarLimits.zones,
            CalendarZone.named(name) == nil
        else { return }
        self.rules += self.observances.count
        guard self.rules <= CalendarLimits.rules else { throw .tooLarge }
        guard let zone = DescribedZone(self.observances) else { return }
        self.part.zones[name] = zone
    }

    private mutating func note(_ name: String, _ line: [UInt8]) {
        let wanted: Set<String>
        switch (self.open.count, self.open.last) {
        case (1, _): wanted = ["X-WR-TIMEZONE"]
        case (2, "VEVENT"): wanted = Self.ofEvents
        case (2, "VFREEBUSY"): wanted = Self.ofFreeBusy
        case (2, "VTIMEZONE"): wanted = ["TZID"]
        case (3, "STANDARD"), (3, "DAYLIGHT"): wanted = Self.ofRules
        default: return
        }
        guard wanted.contains(name), let property = try? ICalendarProperty(line) else { return }
        switch name {
        case "X-WR-TIMEZONE": self.part.floating = String(decoding: property.value, as: UTF8.self)
        case "TZID": self.zoneName = String(decoding: property.value, as: UTF8.self)
        default: self.component.append(property)
        }
    }
}
