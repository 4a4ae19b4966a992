internal import AlmanacStorage
internal import Crypto

/// Works out when events take time within a stretch, and keeps count of what that costs.
struct BusyExpansion {
    private let lower: Instant
    private let upper: Instant
    private let limits: CalendarLimits
    var reading = CalendarFile.Reading()
    private var found: [String: BusyTime] = [:]
    private var series = 0
    private var walked = 0

    init(from lower: Instant, to upper: Instant, limits: CalendarLimits) {
        self.lower = lower
        self.upper = upper
        self.limits = limits
    }

    /// What has been found, by beginning.
    func finish() -> CalendarFile.Reading {
        var reading = self.reading
        reading.busy = self.found.values.sorted { ($0.start, $0.end, $0.key) < ($1.start, $1.end, $1.key) }
        return reading
    }

    // MARK: Events

    /// Adds the events of one calendar; what stands in the place of a time of a series takes that time's place.
    mutating func add(_ events: [CalendarEvent]) throws(CalendarFault) {
        var masters: [String: CalendarEvent] = [:]
        var nameless: [CalendarEvent] = []
        var replacements: [String: [Instant: CalendarEvent]] = [:]
        for event in events {
            if event.uid.isEmpty {
                nameless.append(event)
            } else if let replaced = event.replaces {
                if let other = replacements[event.uid]?[replaced], other.sequence > event.sequence { continue }
                replacements[event.uid, default: [:]][replaced] = event
            } else {
                if let other = masters[event.uid], other.sequence > event.sequence { continue }
                masters[event.uid] = event
            }
        }
        for event in masters.values { try self.add(event, without: Set(replacements[event.uid, default: [:]].keys)) }
        for event in nameless { try self.add(event, without: []) }
        for (_, events) in replacements {
            for (replaced, event) in events where event.isBusy {
                let start = event.begin(of: event.start)
                try self.note(event, start, event.end(from: start, event.start), occurrence: replaced)
            }
        }
    }

    private mutating func add(_ event: CalendarEvent, without replaced: Set<Instant>) throws(CalendarFault) {
        guard event.isBusy else { return }
        let isSeries = event.rule != nil || !event.added.isEmpty
        guard isSeries else {
            let start = event.begin(of: event.start)
            return try self.note(event, start, event.end(from: start, event.start), occurrence: nil)
        }
        self.series += 1
        guard self.series <= self.limits.series else { throw .tooManyOccurrences }
        for stretch in event.added where !replaced.contains(stretch.start) && !event.excluded.contains(stretch.start) {
            try self.count()
            try self.note(event, stretch.start, stretch.end, occurrence: stretch.start)
        }
        try self.walk(event, without: replaced)
    }

    /// Walks what the rule of a series makes, its first time included.
    private mutating func walk(_ event: CalendarEvent, without replaced: Set<Instant>) throws(CalendarFault) {
        guard let recurrence = Self.recurrence(of: event) else {
            self.reading.unreadable += 1
            let start = event.begin(of: event.start)
            return try self.note(event, start, event.end(from: start, event.start), occurrence: start)
        }
        // By the wall of a zone that is described here instants lie up to a day from where the walk has them.
        let reach = event.length.upperBound + 2 * 86_400_000_000
        var occurrences = RuleOccurrences(
            recurrence, from: self.lower.adding(microseconds: -reach), patience: CalendarLimits.silence)
        while let occurrence = occurrences.next() {
            guard occurrence.instant < self.upper.adding(seconds: 2 * 86_400) else { break }
            try self.count()
            let start: Instant
            if case .described(let zone) = event.zone {
                start = zone.instant(of: occurrence.local)
            } else {
                start = occurrence.instant
            }
            guard !replaced.contains(start), !event.excluded.contains(start),
                !event.excludedDates.contains(occurrence.local.date)
            else { continue }
            try self.note(event, start, event.end(from: start, occurrence.local), occurrence: start)
        }
    }

    private static func recurrence(of event: CalendarEvent) -> Recurrence? {
        let start: Recurrence.Start = event.isAllDay ? .day(event.start.date) : .time(event.start)
        switch event.zone {
        case .named(let zone): return try? Recurrence(start: start, zone: zone, rule: event.rule)
        case .described(let zone):
            var rule = event.rule
            if case .until(.instant(let last))? = rule?.end {
                rule = rule?.endingChecked(.until(.local(zone.local(at: last))))
            }
            return try? Recurrence(start: start, zone: .utc, rule: rule)
        }
    }

    // MARK: Free-busy time

    /// Adds what a calendar says that publishes busy times only (`VFREEBUSY`, RFC 5545 §3.6.4).
    mutating func add(
        _ component: CalendarFile.Component, zones: [String: DescribedZone], floating: Zone
    ) throws(CalendarFault) {
        for property in component where property.parameters["FBTYPE"]?.uppercased() != "FREE" {
            for item in property.value.split(separator: UInt8(ascii: ",")) {
                guard let period = CalendarPeriod(item) else {
                    self.reading.unreadable += 1
                    continue
                }
                try self.count()
                let (start, end) = CalendarEvent.stretch(period, .named(floating), floating)
                try self.note("", "\(start.microseconds)/\(end.microseconds)", start, end)
            }
        }
    }

    // MARK: Counting

    private mutating func count() throws(CalendarFault) {
        self.walked += 1
        guard self.walked <= self.limits.walk else { throw .tooManyOccurrences }
    }

    private mutating func note(
        _ event: CalendarEvent, _ start: Instant, _ end: Instant, occurrence: Instant?
    ) throws(CalendarFault) {
        let suffix = occurrence.map { "/\(CalendarObject.instant($0))" } ?? ""
        let key = event.uid.isEmpty ? "\(start.microseconds)/\(end.microseconds)" : event.uid + suffix
        try self.note(event.uid, key, start, end)
    }

    /// The key, or a digest of one that is too long for an index.
    private static func bounded(_ key: String) -> String {
        guard key.utf8.count > BusyTime.longestKey else { return key }
        return "sha256:\(Base64URL.encode(Array(SHA256.hash(data: Array(key.utf8)))))"
    }

    private mutating func note(_ uid: String, _ key: String, _ start: Instant, _ end: Instant) throws(CalendarFault) {
        guard start < end, start < self.upper, self.lower < end else { return }
        let key = Self.bounded(key)
        self.found[key] = BusyTime(uid: uid, key: key, start: start, end: end)
        guard self.found.count <= self.limits.occurrences else { throw .tooManyOccurrences }
    }
}
