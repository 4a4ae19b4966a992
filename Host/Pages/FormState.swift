package import AlmanacKernel
package import AlmanacStorage
package import AlmanacSurface

/// What stands in the controls of a form, as texts by name: as a browser sends them, or made from an item.
///
/// The names of what is inside something are joined with points, `place.kind`, and those of the rows of a list are
/// numbers, `limits.0.most`.
package struct FormState: Sendable {
    package private(set) var values: [String: [String]] = [:]
    /// By a name, the names of what is inside: a form is read in time that grows with what it holds.
    private var inside: [String: [String]] = [:]
    /// By the name of a list, how many rows it has.
    private var counts: [String: Int] = [:]

    /// How many rows a list has at most: what the longest lists of the API take.
    package static let mostRows = 1_000
    /// How many rows all lists of a form have together at most.
    package static let mostRowsInAll = 2_500
    /// How deep what is inside something is looked for: deeper than any input.
    private static let mostDepth = 12

    package init() {}

    /// What a browser has sent.
    package init(_ fields: [(name: String, value: String)]) {
        for (name, value) in fields {
            if self.values[name]?.append(value) == nil { self.set(name, [value]) }
        }
    }

    /// Puts texts under a name.
    private mutating func set(_ name: String, _ texts: [String]) {
        guard self.values.updateValue(texts, forKey: name) == nil else { return }
        var outer: String?
        for part in Self.parts(name) {
            if let outer {
                self.inside[outer, default: []].append(name)
                if let row = Self.row(part) { self.counts[outer] = max(self.counts[outer] ?? 0, row + 1) }
            }
            outer = outer.map { "\($0).\(part)" } ?? String(part)
        }
    }

    private static func parts(_ name: String) -> [Substring] {
        name.split(separator: ".", maxSplits: Self.mostDepth, omittingEmptySubsequences: false)
    }

    /// The number of a row as forms write it; `nil` for every other text, and for rows that no list has.
    private static func row(_ part: some StringProtocol) -> Int? {
        guard let row = Int(part), (0..<Self.mostRows).contains(row), String(row) == part else { return nil }
        return row
    }

    /// The first text under a name.
    package func first(_ name: String) -> String? { self.values[name]?.first }

    /// All texts under a name.
    package func all(_ name: String) -> [String] { self.values[name] ?? [] }

    /// Puts what was chosen beside a field into it: under the field's name with a suffix stands what was.
    package mutating func choose(_ suffix: String) {
        let chosen = self.values.filter { $0.key.hasSuffix(suffix) }
        guard !chosen.isEmpty else { return }
        var state = FormState()
        for (name, texts) in self.values where chosen[name] == nil { state.set(name, texts) }
        for (name, texts) in chosen {
            if let text = texts.first, !text.isEmpty { state.set(String(name.dropLast(suffix.count)), [text]) }
        }
        self = state
    }

    /// The texts of a field and of what is inside it, without those that are empty and those that only say that a
    /// control was there.
    package func part(_ name: String) -> [String: [String]] {
        var part: [String: [String]] = [:]
        for key in [name] + (self.inside[name] ?? []) {
            let kept = self.all(key).filter { !$0.isEmpty }.map { Self.lines($0) }
            if !kept.isEmpty, !key.hasSuffix(".present") { part[key] = kept }
        }
        return part
    }

    /// Browsers send line breaks as two characters.
    package static func lines(_ text: String) -> String {
        text.unicodeScalars.contains("\r")
            ? String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\r" })) : text
    }

    /// How many rows a list has.
    package func rows(of name: String) -> Int { self.counts[name] ?? 0 }

    /// How many rows all lists have together, those inside rows included: as many are looked at and shown.
    ///
    /// A name says by itself how many rows stand before it. A few fields can therefore mean far more rows than a browser
    /// would ever send.
    package var rowsInAll: Int { self.counts.values.reduce(0, +) }

    /// Adds an empty row to a list, behind those that it has.
    package mutating func addRow(to name: String) {
        self.set("\(name).\(self.rows(of: name))\(Self.rowSuffix)", [""])
    }

    /// Takes a row out of its list: `limits.0`; those behind it move up.
    package mutating func removeRow(_ row: String) {
        guard let point = row.lastIndex(of: "."), let index = Self.row(row[row.index(after: point)...]) else { return }
        self.removeRows([String(row[..<point]): [index]])
    }

    /// Takes rows out of several lists at once; those behind them move up.
    ///
    /// - Parameter gone: The numbers of the rows by the name of their list, as the names are before.
    package mutating func removeRows(_ gone: [String: Set<Int>]) {
        guard !gone.isEmpty else { return }
        var state = FormState()
        for (name, texts) in self.values {
            if let moved = Self.name(name, without: gone) { state.set(moved, texts) }
        }
        self = state
    }

    /// What something is called when these rows are gone; `nil` when it is gone with one of them.
    private static func name(_ name: String, without gone: [String: Set<Int>]) -> String? {
        var (before, after) = ("", "")
        for (depth, part) in Self.parts(name).enumerated() {
            var moved = String(part)
            if depth > 0, let rows = gone[before], let row = Self.row(part) {
                guard !rows.contains(row) else { return nil }
                moved = "\(row - rows.count { $0 < row })"
            }
            before += depth > 0 ? ".\(part)" : "\(part)"
            after += depth > 0 ? ".\(moved)" : moved
        }
        return after
    }

    /// Behind the name of a row: says that it is there, although nothing stands in it.
    private static let rowSuffix = ".added-row"

    // MARK: Made from an item

    /// Puts a value into the controls of its field.
    package mutating func fill(_ name: String, _ kind: ConsoleField.Kind, with json: JSON?, in zone: Zone) {
        guard let json, !json.isNull else { return }
        switch kind {
        case .object(let fields):
            for field in fields { self.fill("\(name).\(field.name)", field.kind, with: json[field.name], in: zone) }
        case .list(of: .object(let fields)):
            for (index, item) in (json.array ?? []).enumerated() {
                self.fill("\(name).\(index)", .object(fields), with: item, in: zone)
            }
        case .list(of: .text), .list(of: .email):
            // One a line and, where they are chosen from a list, each by itself: a form has one of the two.
            self.set(name, [(json.array ?? []).compactMap(\.string).joined(separator: "\n")])
        case .list(of: let inner): self.set(name, (json.array ?? []).map { Self.text($0, inner, zone) })
        case .money:
            guard let amount = json["amount"]?.int, let currency = json["currency"]?.string,
                let money = try? Money(amount: amount, currency: currency)
            else { return }
            self.set("\(name).amount", [Formats.major(money)])
            self.set("\(name).currency", [currency])
        case .localizedText:
            guard let texts = try? LocalizedText(json: json).texts else { return }
            for (tag, text) in texts { self.set("\(name).\(tag)", [text]) }
        case .instant:
            // A time on the clock may be shown twice, and has no seconds: the instant itself counts until it is changed.
            if let exact = json.string { self.set("\(name)\(Self.exactSuffix)", [exact]) }
            self.set(name, [Self.text(json, kind, zone)])
        default: self.set(name, [Self.text(json, kind, zone)])
        }
    }

    /// Behind the name of a field: the instant for which a time on the clock stands in it.
    package static let exactSuffix = ".exact-instant"

    /// The time on the clock that stands for an instant.
    package static func clock(_ instant: Instant, in zone: Zone) -> String {
        let local = zone.local(at: instant)
        return "\(local.date)T\(Formats.clock(local.secondOfDay / 60))"
    }

    private static func text(_ json: JSON, _ kind: ConsoleField.Kind, _ zone: Zone) -> String {
        switch (kind, json) {
        case (.json, _): return json.text
        case (.instant, .string(let text)):
            guard let instant = Instant(rfc3339: text) else { return text }
            return Self.clock(instant, in: zone)
        case (_, .string(let text)): return text
        case (_, .number(let number)): return "\(number.spelling)"
        case (_, .bool(let value)): return value ? "true" : "false"
        default: return json.text
        }
    }
}
