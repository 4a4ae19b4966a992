internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// Makes JSON of what stands in a form.
///
/// It judges nothing: what does not fit is sent as text, and the API says why.
struct FormReader {
    let state: FormState
    let zone: Zone

    /// The value of a field; `nil` when nothing was stated.
    func value(_ field: ConsoleField, at name: String) -> JSON? {
        switch field.kind {
        case .boolean:
            let text = self.state.first(name)
            if self.state.first("\(name).present") != nil { return .bool(text == "true") }
            return text.flatMap { $0.isEmpty ? nil : JSON.bool($0 == "true") }
        case .text(let minimum, _):
            guard let text = self.state.first(name).map(FormState.lines) else { return nil }
            if text.isEmpty { return field.isRequired && minimum == 0 ? JSON.string("") : nil }
            return .string(text)
        case .object(let fields): return self.object(fields, at: name)
        case .list(let kind): return self.list(kind, at: name)
        default: return self.leaf(field.kind, at: name)
        }
    }

    private func object(_ fields: [ConsoleField], at name: String) -> JSON? {
        let members = fields.compactMap { inner in
            self.value(inner, at: "\(name).\(inner.name)").map { (inner.name, $0) }
        }
        // A box that is not ticked says nothing by itself.
        let says = members.contains { $0.1 != .bool(false) && $0.1 != .array([]) }
        return says ? .object(JSONObject(members)) : nil
    }

    /// What stands in the form without the rows in which nothing stands: what is sent has the same rows then, and what is
    /// said of the second is said of the second.
    func withoutEmptyRows(_ fields: [ConsoleField]) -> FormState {
        var gone: [String: Set<Int>] = [:]
        self.findEmptyRows(fields, inside: "", &gone)
        var state = self.state
        state.removeRows(gone)
        return state
    }

    /// Finds the rows in which nothing stands, by the names of their lists.
    private func findEmptyRows(_ fields: [ConsoleField], inside outer: String, _ gone: inout [String: Set<Int>]) {
        for field in fields {
            let name = outer + field.name
            switch field.kind {
            case .object(let inner): self.findEmptyRows(inner, inside: "\(name).", &gone)
            case .list(of: .object(let inner)):
                for index in 0..<self.state.rows(of: name) {
                    if self.object(inner, at: "\(name).\(index)") == nil {
                        gone[name, default: []].insert(index)
                    } else {
                        self.findEmptyRows(inner, inside: "\(name).\(index).", &gone)
                    }
                }
            default: break
            }
        }
    }

    private func list(_ kind: ConsoleField.Kind, at name: String) -> JSON? {
        switch kind {
        case .object(let fields):
            let rows = (0..<self.state.rows(of: name)).compactMap { self.object(fields, at: "\(name).\($0)") }
            return .array(rows)
        case .json: return self.leaf(.json, at: name)
        default:
            let isShown = self.state.values[name] != nil || self.state.first("\(name).present") != nil
            guard isShown else { return nil }
            var items: [JSON] = []
            for text in self.state.all(name) {
                for line in FormState.lines(text).split(separator: "\n") {
                    let item = String(line.drop { $0 == " " })
                    if !item.isEmpty { items.append(Self.leaf(item, kind, self.zone)) }
                }
            }
            return .array(items)
        }
    }

    private func leaf(_ kind: ConsoleField.Kind, at name: String) -> JSON? {
        switch kind {
        case .money: return self.money(at: name)
        case .localizedText:
            let prefix = "\(name)."
            let texts = self.state.part(name).filter { $0.key.hasPrefix(prefix) }
                .sorted { $0.key < $1.key }.map { (String($0.key.dropFirst(prefix.count)), $0.value.first ?? "") }
            guard !texts.isEmpty else { return nil }
            if texts.count == 1, texts[0].0 == LocalizedText.defaultLanguage { return .string(texts[0].1) }
            return .object(JSONObject(texts.map { ($0.0, .string($0.1)) }))
        default:
            guard let text = self.state.first(name), !text.isEmpty else { return nil }
            if kind == .instant, let exact = self.exact(name, text) { return .string(exact) }
            return Self.leaf(FormState.lines(text), kind, self.zone)
        }
    }

    /// The instant for which the time on the clock stood, if that is still what stands there.
    private func exact(_ name: String, _ text: String) -> String? {
        guard let exact = self.state.first("\(name)\(FormState.exactSuffix)"), let instant = Instant(rfc3339: exact),
            FormState.clock(instant, in: self.zone) == text.prefix(16)
        else { return nil }
        return exact
    }

    private func money(at name: String) -> JSON? {
        guard let text = self.state.first("\(name).amount"), !text.isEmpty else { return nil }
        let currency = (self.state.first("\(name).currency") ?? "").uppercased()
        let digits = (try? Money(amount: 0, currency: currency))?.minorUnitDigits ?? 2
        let amount = Formats.minor(text, digits: digits).map { JSON.number(JSONNumber($0)) } ?? .string(text)
        return .object(["amount": amount, "currency": .string(currency)])
    }

    private static func leaf(_ text: String, _ kind: ConsoleField.Kind, _ zone: Zone) -> JSON {
        switch kind {
        case .integer, .number: JSONNumber(spelling: text).map(JSON.number) ?? .string(text)
        case .boolean: .bool(text == "true")
        case .instant: .string(self.instant(text, zone) ?? text)
        case .json: (try? JSON(parsing: Array(text.utf8))) ?? .string(text)
        default: .string(text)
        }
    }

    /// The instant that a local date and time mean, `2026-03-01T10:00`, as RFC 3339; an instant stays what it is.
    static func instant(_ text: String, _ zone: Zone) -> String? {
        if let instant = Instant(rfc3339: text) { return instant.rfc3339 }
        let halves = text.split(separator: "T")
        guard halves.count == 2, let date = LocalDate(String(halves[0])),
            let time = LocalTime(String(halves[1].prefix(5)))
        else { return nil }
        return zone.instants(of: date, minute: time.minuteOfDay).compatible.rfc3339
    }
}
