internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// What a chart shows, added up: one number for each group, in order.
struct ChartNumbers {
    /// One bar, or one point of a line.
    struct Point {
        /// What the group is called.
        let title: String
        /// How much there is.
        let amount: Double
        /// The same for people.
        let text: String
    }

    private enum Unit {
        case count, plain, minutes
        case money(String)
    }

    /// The most groups that are drawn.
    static let largest = 120

    private(set) var points: [Point] = []
    /// The sum of all, for people.
    private(set) var total = ""

    /// Adds up what items say.
    ///
    /// - Parameters:
    ///   - items: What the endpoint listed.
    ///   - chart: What is asked of them.
    ///   - visit: Who looks.
    init(_ items: [JSON], _ chart: ConsoleModel.Chart, _ visit: Visit) {
        var unit = Unit.count
        var sums: [String: Double] = [:]
        var titles: [String: String] = [:]
        var order: [String] = []
        for item in items {
            let json = chart.group.flatMap { Visit.find($0.path, item) }
            let (key, title) = chart.group.map { Self.key(of: json, $0.field.kind, visit) } ?? ("", "")
            if sums[key] == nil {
                order.append(key)
                titles[key] = title
            }
            var amount = 1.0
            if let value = chart.value {
                let json = Visit.find(value.path, item)
                if value.field.kind == .money {
                    amount = Double(json?["amount"]?.int ?? 0)
                    if let currency = json?["currency"]?.string { unit = .money(currency) }
                } else {
                    amount = json?.number.flatMap { Double("\($0.spelling)") } ?? 0
                    unit = value.field.name.lowercased().hasSuffix("minutes") ? .minutes : .plain
                }
            }
            sums[key, default: 0] += amount
        }
        self.total = Self.text(sums.values.reduce(0, +), unit, visit)
        self.points = Self.sorted(order, sums, chart).prefix(Self.largest).map { key in
            let amount = sums[key] ?? 0
            return Point(title: titles[key] ?? key, amount: amount, text: Self.text(amount, unit, visit))
        }
    }

    /// By what an item is grouped, and what the group is called: instants by their day.
    private static func key(of json: JSON?, _ kind: ConsoleField.Kind, _ visit: Visit) -> (String, String) {
        guard let json else { return ("", "—") }
        let text = json.string ?? json.text
        switch kind {
        case .instant:
            guard let instant = Instant(rfc3339: text) else { return (text, text) }
            let date = visit.formats.zone.local(at: instant).date
            return ("\(date)", visit.formats.date(date))
        case .date: return (text, LocalDate(text).map { visit.formats.date($0) } ?? text)
        case .choice: return (text, visit.label(ofValue: text))
        case .boolean: return (text, visit.word(json.bool == true ? "yes" : "no"))
        case .localizedText:
            return (text, (try? LocalizedText(json: json))?.resolved(for: visit.languages) ?? text)
        default: return (text, text)
        }
    }

    /// Dates and numbers in their own order, everything else as it was listed.
    private static func sorted(_ keys: [String], _ sums: [String: Double], _ chart: ConsoleModel.Chart) -> [String] {
        switch chart.group?.field.kind {
        case .instant, .date: keys.sorted()
        case .integer, .number: keys.sorted { (Double($0) ?? 0) < (Double($1) ?? 0) }
        default: keys
        }
    }

    private static func text(_ amount: Double, _ unit: Unit, _ visit: Visit) -> String {
        // Beyond this a number of this kind counts no single units; no deployment gets there.
        let whole = Int64(exactly: amount.rounded()) ?? 0
        switch unit {
        case .count: return visit.formats.decimal("\(whole)")
        case .minutes: return "\(visit.formats.decimal("\(whole)")) \(visit.word("minutes"))"
        case .money(let currency):
            guard let money = try? Money(amount: Int(whole), currency: currency) else { return "\(whole)" }
            return visit.formats.money(money)
        case .plain:
            return visit.formats.decimal(amount == Double(whole) ? "\(whole)" : "\((amount * 100).rounded() / 100)")
        }
    }
}
