internal import AlmanacKernel
internal import AlmanacStorage

/// Findings of the engine as sentences.
struct ExplanationText {
    private let zone: Zone
    private let terms: EventTypeTerms
    private let words: ExplanationWords

    /// Writes times as a zone's clocks show them, in the first of the languages that it knows.
    init(_ zone: Zone, _ terms: EventTypeTerms, _ languages: [String]) {
        self.zone = zone
        self.terms = terms
        self.words = ExplanationWords(languages)
    }

    /// One sentence about a finding.
    func sentence(for finding: SlotExamination.Finding) -> String {
        let allows = finding.allows
        switch finding.subject {
        case .present: return self.words(allows ? .presentYet : .presentPast)
        case .notice(let earliest):
            return self.words(
                allows ? .noticeKept : .noticeShort,
                ["minutes": "\(self.terms.minimumNoticeMinutes)", "earliest": self.clock(earliest)])
        case .window(let first, let last):
            return self.words(
                allows ? .windowInside : .windowOutside,
                [
                    "first": first?.description ?? self.words(.anyDate),
                    "last": last?.description ?? self.words(.anyDate),
                ])
        case .hours(let source, let hours): return self.sentence(source, hours)
        case .open(let from, let to):
            return self.words(
                allows ? .openInside : .openPast, ["from": self.clock(from), "to": self.clock(to)])
        case .closed: return self.words(.closed)
        case .grid(let before, let after):
            let near = [before, after].compactMap { $0.map(self.clock) }.joined(separator: " \(self.words(.and)) ")
            return self.words(allows ? .gridOn : .gridBetween, ["near": near])
        case .capacity(let needed, let units):
            return self.words(.capacity, ["needed": "\(needed)", "units": "\(units)"])
        case .limits(let exhausted): return exhausted.map(self.sentence) ?? self.words(.limitFree)
        case .claims(let claims):
            return self.words(allows ? .claimsNone : .claimsTaken, ["count": "\(claims.count)"])
        case .ways(let claims): return self.words(allows ? .wayEnough : .wayShort, ["count": "\(claims.count)"])
        case .gaps: return self.words(allows ? .gapsNone : .gapsUseless)
        }
    }

    private func sentence(_ source: OpeningHours.Source, _ hours: [MinuteRange]) -> String {
        let text = hours.isEmpty ? self.words(.hoursClosed) : hours.map(Self.text).joined(separator: ", ")
        return switch source {
        case .absence: self.words(.absence)
        case .dateOverride: self.words(.dateOverride, ["hours": text])
        case .holiday: self.words(.holiday, ["hours": text])
        case .weeklyRules: self.words(.weekly, ["hours": text])
        }
    }

    private static func text(_ range: MinuteRange) -> String {
        "\(LocalTime(minuteOfDay: range.start))–\(LocalTime(minuteOfDay: range.end))"
    }

    private func sentence(_ exhausted: BookingQuota.Exhausted) -> String {
        let (limit, booked) = (exhausted.limit, exhausted.booked)
        var counts: [String] = []
        if let most = limit.bookings {
            counts.append(self.words(.limitBookings, ["count": "\(booked.bookings)", "most": "\(most)"]))
        }
        if let most = limit.minutes {
            counts.append(self.words(.limitMinutes, ["count": "\(booked.minutes)", "most": "\(most)"]))
        }
        let period: ExplanationWords.Sentence =
            switch limit.period {
            case .day: .day
            case .week: .week
            case .month: .month
            }
        return self.words(
            .limitReached,
            [
                "period": self.words(period), "counts": counts.joined(separator: ", "),
                "holder": self.words(exhausted.holder == .eventType ? .ofEventType : .withProvider),
            ])
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
