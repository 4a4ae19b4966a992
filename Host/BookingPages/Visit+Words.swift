internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// An amount for people; a word where it costs nothing.
    func price(_ json: JSON?) -> String {
        guard let money = Self.money(json) else { return "" }
        return money.amount == 0 ? self.word("bookFree") : self.formats.money(money)
    }

    /// The amount that a value means.
    static func money(_ json: JSON?) -> Money? {
        guard let amount = json?["amount"]?.int, let currency = json?["currency"]?.string else { return nil }
        return try? Money(amount: amount, currency: currency)
    }

    /// So many minutes: "45 min", "1 h 30 min", "2 d".
    func span(_ minutes: Int) -> String {
        let minutes = max(minutes, 0)
        if minutes >= 2_880, minutes.isMultiple(of: 1_440) { return "\(minutes / 1_440) \(self.word("bookDays"))" }
        let (hours, rest) = (minutes / 60, minutes % 60)
        let parts = [
            hours > 0 ? "\(hours) \(self.word("bookHours"))" : nil,
            rest > 0 || hours == 0 ? "\(rest) \(self.word("minutes"))" : nil,
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }

    /// The instant that a value means.
    static func instant(_ json: JSON?) -> Instant? { json?.string.flatMap { Instant(rfc3339: $0) } }

    /// When something is: "Tue 3 Mar 2026, 09:00 – 10:00", with both dates where they differ.
    func period(_ start: Instant?, _ end: Instant?, in zone: Zone) -> String {
        guard let start else { return "" }
        let first = self.formats.instant(start, in: zone)
        guard let end else { return first }
        let (from, to) = (zone.local(at: start), zone.local(at: end))
        let last =
            from.date == to.date ? Formats.clock(to.secondOfDay / 60) : self.formats.instant(end, in: zone)
        return "\(first) – \(last)"
    }

    /// The zone of this name, or that of the deployment.
    func zone(_ name: String?) -> Zone { name.flatMap { try? Zone($0) } ?? self.site.settings.zone }

    /// Where something takes place, in lines.
    func place(_ json: JSON?) -> [String] {
        guard let json else { return [] }
        let lines = (json["addressLines"]?.array ?? []).compactMap(\.string)
        switch json["kind"]?.string {
        case "location": return [json["name"]?.string].compactMap { $0 } + lines
        case "customer": return [self.word("bookAtYours")] + lines
        case "phone": return [self.word("bookByPhone")]
        case "video": return [self.word("bookByVideo")]
        default: return lines
        }
    }

    /// What is wrong with a field, for people.
    func explanation(_ code: String, _ detail: String) -> String {
        let text = self.site.words.text("error.\(code)", self.language, self.site.settings.vocabulary) ?? detail
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    /// Why something was refused, for people.
    func explanation(of answer: PageClient.Answer) -> String {
        let key = "refused.\(answer.code)"
        if let text = self.site.words.text(key, self.language, self.site.settings.vocabulary) { return text }
        return answer.detail.prefix(1).uppercased() + answer.detail.dropFirst()
    }

    /// What cancelling or moving costs, in sentences, from what an event type says of it.
    func policy(_ json: JSON?, _ price: Money?) -> [String] {
        guard let json, !json.isNull else { return [] }
        var lines: [String] = []
        for tier in json["tiers"]?.array ?? [] {
            let cost = self.cost(tier, price)
            if let minutes = tier["untilMinutes"]?.int, minutes > 0 {
                lines.append(self.word("bookTierUntil", ["time": self.span(minutes), "cost": cost]))
            } else {
                lines.append(self.word("bookTierLast", ["cost": cost]))
            }
        }
        if let minutes = json["closedMinutes"]?.int, minutes > 0 {
            lines.append(self.word("bookTierClosed", ["time": self.span(minutes)]))
        }
        if let most = json["most"]?.int { lines.append(self.word("bookTierMost", ["count": "\(most)"])) }
        return lines
    }

    private func cost(_ tier: JSON, _ price: Money?) -> String {
        if let amount = tier["amount"]?.int, amount > 0, let currency = price?.currency,
            let money = try? Money(amount: amount, currency: currency)
        {
            return self.formats.money(money)
        }
        let percent = tier["percent"]?.int ?? 0
        return percent == 0 ? self.word("bookFree") : self.word("bookPercent", ["percent": "\(percent)"])
    }

    /// What changing a booking costs from when on, in sentences, from what holds for this very booking.
    func tiers(_ json: JSON?, in zone: Zone) -> [String] {
        (json?["tiers"]?.array ?? []).map { tier in
            let cost = tier["fee"].map { self.price($0) } ?? self.word("bookFree")
            guard let until = Self.instant(tier["until"]) else { return self.word("bookTierLast", ["cost": cost]) }
            return self.word("bookTierBefore", ["time": self.formats.instant(until, in: zone), "cost": cost])
        }
    }
}
