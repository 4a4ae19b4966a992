package import AlmanacKernel
package import AlmanacStorage

/// How dates, times, numbers and money are written for a reader.
package struct Formats: Sendable {
    /// The language: one of ``Words/languages``.
    package let language: String
    /// The zone in which instants are shown.
    package let zone: Zone
    private let months: [String]
    private let weekdays: [String]

    /// - Parameters:
    ///   - language: The language.
    ///   - zone: The zone.
    ///   - words: Where the names of months and weekdays are.
    package init(_ language: String, zone: Zone, _ words: [String: String]) {
        self.language = language
        self.zone = zone
        self.months = words["months"]?.split(separator: " ").map(String.init) ?? []
        self.weekdays = words["weekdays"]?.split(separator: " ").map(String.init) ?? []
    }

    /// A date and a time: "Mon 23 Nov 2026, 15:00".
    package func instant(_ instant: Instant, in zone: Zone? = nil) -> String {
        let local = (zone ?? self.zone).local(at: instant)
        return "\(self.date(local.date)), \(Self.clock(local.secondOfDay / 60))"
    }

    /// How long ago something was that was less than two days ago: "3 min ago"; `nil` for everything else.
    package func ago(_ instant: Instant, from now: Instant, _ words: [String: String]) -> String? {
        let minutes = now.microseconds(since: instant) / 60_000_000
        guard now.microseconds(since: instant) >= 0, minutes < 2_880 else { return nil }
        let (key, count) = minutes < 60 ? ("agoMinutes", minutes) : ("agoHours", minutes / 60)
        guard minutes > 0 else { return words["agoNow"] }
        return words[key]?.split(separator: "#", omittingEmptySubsequences: false).joined(separator: "\(count)")
    }

    /// A date: "Mon 23 Nov 2026".
    package func date(_ date: LocalDate) -> String {
        let month = self.months.indices.contains(date.month - 1) ? self.months[date.month - 1] : "\(date.month)"
        let weekday = date.weekday.rawValue - 1
        let name = self.weekdays.indices.contains(weekday) ? "\(self.weekdays[weekday]) " : ""
        return "\(name)\(date.day)\(self.language == "de" ? "." : "") \(month) \(date.year)"
    }

    /// A date without its year: "Mon 23 Nov".
    package func day(_ date: LocalDate) -> String {
        let month = self.months.indices.contains(date.month - 1) ? self.months[date.month - 1] : "\(date.month)"
        let name = self.weekday(date)
        return "\(name.isEmpty ? "" : "\(name) ")\(date.day)\(self.language == "de" ? "." : "") \(month)"
    }

    /// A month: "Nov 2026".
    package func month(_ date: LocalDate) -> String {
        let month = self.months.indices.contains(date.month - 1) ? self.months[date.month - 1] : "\(date.month)"
        return "\(month) \(date.year)"
    }

    /// The day of the week: "Mon".
    package func weekday(_ date: LocalDate) -> String {
        let weekday = date.weekday.rawValue - 1
        return self.weekdays.indices.contains(weekday) ? self.weekdays[weekday] : ""
    }

    /// `09:05` for a number of minutes.
    package static func clock(_ minute: Int) -> String {
        let (hour, rest) = (minute / 60, minute % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }

    /// An amount: "€45.00", "45,00 €".
    package func money(_ money: Money) -> String {
        let symbols = ["EUR": "€", "USD": "$", "GBP": "£"]
        let number = self.decimal(Self.major(money))
        guard self.language == "en" else { return "\(number)\u{A0}\(symbols[money.currency] ?? money.currency)" }
        guard let symbol = symbols[money.currency] else { return "\(money.currency)\u{A0}\(number)" }
        return money.amount < 0 ? "-\(symbol)\(number.dropFirst())" : "\(symbol)\(number)"
    }

    /// An amount in the currency's usual unit, with a point: `45.00`.
    package static func major(_ money: Money) -> String {
        let digits = money.minorUnitDigits
        var text = "\(money.amount.magnitude)"
        if digits > 0 {
            if text.count <= digits { text = String(repeating: "0", count: digits + 1 - text.count) + text }
            text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
        }
        return money.amount < 0 ? "-\(text)" : text
    }

    /// The amount in the smallest unit that a text in the usual unit means; `nil` when it means none.
    ///
    /// - Parameters:
    ///   - text: Digits with a point or a comma: `45`, `45.5`, `45,50`.
    ///   - digits: How many digits the currency has behind the point.
    /// - Returns: The amount.
    package static func minor(_ text: String, digits: Int) -> Int64? {
        let halves = text.filter { $0 != " " && $0 != "\u{A0}" }
            .split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
        guard (1...2).contains(halves.count), let whole = halves.first else { return nil }
        let fraction = halves.count == 2 ? halves[1] : ""
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        guard fraction.count <= digits, fraction.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        let padding = String(repeating: "0", count: digits - fraction.count)
        return Int64("\(whole.isEmpty ? "0" : whole)\(fraction)\(padding)")
    }

    /// A number with thousands apart: "12,000.5".
    package func decimal(_ text: String) -> String {
        let (thousands, point) =
            switch self.language {
            case "en": (",", ".")
            case "de": (".", ",")
            default: ("\u{A0}", ",")
            }
        let isNegative = text.hasPrefix("-")
        let halves = text.drop(while: { $0 == "-" }).split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = halves.first, whole.allSatisfy({ $0.isNumber }) else { return text }
        var grouped = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { grouped += thousands }
            grouped.append(digit)
        }
        let fraction = halves.count == 2 ? "\(point)\(halves[1])" : ""
        return "\(isNegative ? "-" : "")\(grouped)\(fraction)"
    }
}
