internal import AlmanacKernel
internal import AlmanacStorage

/// Findings of the engine as sentences.
struct ExplanationText {
    private let zone: Zone
    private let terms: EventTypeTerms

    /// Writes times as a zone's clocks show them.
    init(_ zone: Zone, _ terms: EventTypeTerms) {
        self.zone = zone
        self.terms = terms
    }

    /// One sentence about a finding.
    func sentence(for finding: SlotExamination.Finding) -> String {
        let allows = finding.allows
        switch finding.subject {
        case .present: return allows ? "The start is yet to come." : "The start is in the past."
        case .notice(let earliest):
            return allows
                ? "The minimum notice of \(self.terms.minimumNoticeMinutes) minutes is kept."
                : "It must be booked \(self.terms.minimumNoticeMinutes) minutes ahead: now the earliest start is "
                    + "\(self.clock(earliest))."
        case .window(let first, let last):
            let range = "from \(first?.description ?? "any date") to \(last?.description ?? "any date")"
            return allows ? "The date can be booked: \(range)." : "Only dates \(range) can be booked."
        case .hours(let source, let hours): return self.sentence(source, hours)
        case .open(let from, let to):
            let open = "open from \(self.clock(from)) to \(self.clock(to))"
            return allows ? "It lies within the hours: \(open)." : "It would last past the hours: \(open)."
        case .closed: return "It is closed at this time."
        case .grid(let before, let after):
            let near = [before, after].compactMap { $0.map(self.clock) }.joined(separator: " and ")
            return allows ? "A start of the grid." : "Between two starts of the grid; the nearest are \(near)."
        case .capacity(let needed, let units): return "\(needed) of \(units) units are needed."
        case .limits(let exhausted): return exhausted.map(Self.sentence) ?? "No limit is reached."
        case .claims(let claims):
            return allows ? "Nothing that is taken is in the way." : "\(claims.count) taken time(s) in the way."
        case .ways(let claims):
            return allows
                ? "Enough time is left for the way from and to what is booked elsewhere."
                : "Too little time is left for the way from or to \(claims.count) appointment(s) elsewhere."
        case .gaps:
            return allows
                ? "No useless time is left beside it."
                : "It would leave free time beside it that is too short to be of use."
        }
    }

    private func sentence(_ source: OpeningHours.Source, _ hours: [MinuteRange]) -> String {
        let text = hours.isEmpty ? "closed" : hours.map(Self.text).joined(separator: ", ")
        return switch source {
        case .absence: "The provider is away on this date."
        case .dateOverride: "A date override says: \(text)."
        case .holiday: "A holiday leaves of the weekly rules: \(text)."
        case .weeklyRules: "The weekly rules say: \(text)."
        }
    }

    private static func text(_ range: MinuteRange) -> String {
        "\(LocalTime(minuteOfDay: range.start))–\(LocalTime(minuteOfDay: range.end))"
    }

    private static func sentence(_ exhausted: BookingQuota.Exhausted) -> String {
        let (limit, booked) = (exhausted.limit, exhausted.booked)
        let holder = exhausted.holder == .eventType ? "of this event type" : "with this provider"
        var counts: [String] = []
        if let most = limit.bookings { counts.append("\(booked.bookings) of \(most) bookings") }
        if let most = limit.minutes { counts.append("\(booked.minutes) of \(most) minutes") }
        return "In this \(limit.period.rawValue) \(counts.joined(separator: ", ")) \(holder) are booked."
    }

    private func clock(_ instant: Instant) -> String {
        let local = self.zone.local(at: instant)
        return "\(local.date) \(LocalTime(minuteOfDay: local.secondOfDay / 60))"
    }
}

extension SlotExamination.Finding {
    /// What was looked at, as the API calls it.
    var rule: SlotExplanation.Rule {
        switch self.subject {
        case .present: .past
        case .notice: .notice
        case .window: .window
        case .hours: .hours
        case .open, .closed: .open
        case .grid: .grid
        case .capacity: .capacity
        case .limits: .limit
        case .claims: .taken
        case .ways: .travel
        case .gaps: .gaps
        }
    }
}
