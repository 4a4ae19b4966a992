internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// A value as a template shows it, and as a file holds it.
struct ShownValue {
    /// Every name of the template `console/value`: what is not set hides what stands around it.
    private static var nothing: [String: Any] {
        [
            "isBadge": false, "isLink": false, "isTime": false, "isNumber": false, "isText": false, "isTags": false,
            "isTable": false, "isGroup": false, "isEmpty": false, "text": "", "address": "", "machine": "",
            "absolute": false, "tone": "",
            "tags": false, "heads": false, "lines": false, "members": false, "title": "", "isEnd": false,
        ]
    }

    private(set) var context: [String: Any]
    /// The value as plain text.
    let plain: String

    init(_ kind: String, _ plain: String, _ more: [String: Any] = [:]) {
        self.plain = plain
        self.context = Self.nothing
        self.context[kind] = true
        self.context["text"] = plain
        self.context.merge(more) { $1 }
    }

    static var empty: ShownValue { ShownValue("isEmpty", "") }

    /// Where it leads, when it is a link.
    var address: String? { self.context["isLink"] as? Bool == true ? self.context["address"] as? String : nil }

    /// The same value under a title.
    func titled(_ title: String, isEnd: Bool = false) -> [String: Any] {
        self.context.merging(["title": title, "isEnd": isEnd]) { $1 }
    }

    /// The same value as a link, where it is text.
    func linked(to address: String) -> ShownValue {
        guard !self.plain.isEmpty else { return self }
        return ShownValue("isLink", self.plain, ["address": address])
    }
}

extension Visit {
    /// The value of a column in an item.
    func value(
        of column: ConsoleModel.Column, in item: JSON, _ resource: ConsoleModel.Resource, isInside: Bool = true
    ) -> ShownValue {
        let json = Self.find(column.path, item)
        switch column.format {
        case .reference(let target, let name):
            let text = Self.find(name.split(separator: "/").map(String.init), item)?.string ?? json?.string ?? ""
            guard let id = json?.string, let other = self.model?[target], self.may(other.read), !text.isEmpty else {
                return text.isEmpty ? .empty : ShownValue("isText", text)
            }
            return ShownValue("isText", text).linked(to: "/console/\(target)/\(RequestText.encoded(id))")
        case .mention(let name):
            return self.mention(json, named: Self.find(name.split(separator: "/").map(String.init), item)?.string)
        case .badge(let tones):
            guard let state = json?.string else { return .empty }
            let tone = tones[state] ?? Self.usualTone(of: state)
            return ShownValue("isBadge", self.label(ofValue: state), ["tone": tone.rawValue])
        case .instant(let zone):
            let name = zone.flatMap { Self.find($0.split(separator: "/").map(String.init), item)?.string }
            return self.instant(json, in: name.flatMap { try? Zone($0) })
        case .minutes: return self.minutes(json)
        case .text: return json.map { ShownValue("isText", $0.string ?? $0.text) } ?? .empty
        case .automatic: return self.value(json, column.field, resource, isInside: isInside)
        }
    }

    /// The value at the end of a path.
    static func find(_ path: [String], _ item: JSON) -> JSON? {
        path.reduce(Optional(item)) { json, name in json?[name] }.flatMap { $0.isNull ? nil : $0 }
    }

    /// A value as its schema says; `isInside` is whether it has to fit a line.
    func value(
        _ json: JSON?, _ field: ConsoleField, _ resource: ConsoleModel.Resource, isInside: Bool
    ) -> ShownValue {
        guard let json, !json.isNull else { return .empty }
        if field.name.hasSuffix("Minutes"), json.number != nil { return self.minutes(json) }
        return self.value(json, field.kind, resource, isInside: isInside)
    }

    private func value(
        _ json: JSON, _ kind: ConsoleField.Kind, _ resource: ConsoleModel.Resource, isInside: Bool
    ) -> ShownValue {
        switch kind {
        case .instant: return self.moment(json)
        case .date:
            guard let text = json.string, let date = LocalDate(text) else { return .empty }
            return ShownValue("isTime", self.formats.date(date), ["machine": text])
        case .boolean: return ShownValue("isText", self.word(json.bool == true ? "yes" : "no"))
        case .integer, .number:
            let text = json.number.map { "\($0.spelling)" } ?? json.text
            return ShownValue("isNumber", self.formats.decimal(text))
        case .money:
            guard let amount = json["amount"]?.int, let currency = json["currency"]?.string,
                let money = try? Money(amount: amount, currency: currency)
            else { return .empty }
            return ShownValue("isNumber", self.formats.money(money))
        case .choice: return json.string.map { ShownValue("isText", self.label(ofValue: $0)) } ?? .empty
        case .localizedText:
            let text = (try? LocalizedText(json: json))?.resolved(for: self.languages) ?? ""
            return text.isEmpty ? .empty : ShownValue("isText", text)
        case .uuid:
            let text = json.string ?? json.text
            guard let known = self.known[text] else { return text.isEmpty ? .empty : ShownValue("isText", text) }
            let shown = ShownValue("isText", known.name)
            return known.address.map { shown.linked(to: $0) } ?? shown
        case .text, .email, .time:
            let text = json.string ?? json.text
            return text.isEmpty ? .empty : ShownValue("isText", text)
        case .list(let item): return self.list(json.array ?? [], item, resource, isInside: isInside)
        case .object(let fields): return self.object(json, fields, resource, isInside: isInside)
        case .json: return json.object?.isEmpty == true ? .empty : ShownValue("isText", json.text)
        }
    }

    private func instant(_ json: JSON?, in zone: Zone?) -> ShownValue {
        guard let text = json?.string, let instant = Instant(rfc3339: text) else { return .empty }
        return ShownValue("isTime", self.formats.instant(instant, in: zone), ["machine": text])
    }

    /// An instant that was not long ago as how long ago it was, with the time itself in its title and in files.
    private func moment(_ json: JSON?) -> ShownValue {
        let shown = self.instant(json, in: nil)
        guard let instant = json?.string.flatMap({ Instant(rfc3339: $0) }),
            let ago = self.formats.ago(instant, from: self.now, self.words)
        else { return shown }
        return ShownValue(
            "isTime", shown.plain, ["machine": json?.string ?? "", "text": ago, "absolute": shown.plain])
    }

    private func minutes(_ json: JSON?) -> ShownValue {
        guard let minutes = json?.int else { return .empty }
        return ShownValue("isNumber", "\(self.formats.decimal("\(minutes)")) \(self.word("minutes"))")
    }

    private func list(
        _ items: [JSON], _ kind: ConsoleField.Kind, _ resource: ConsoleModel.Resource, isInside: Bool
    ) -> ShownValue {
        guard !items.isEmpty else { return .empty }
        let shown = items.map { self.value($0, kind, resource, isInside: true) }
        let plain = shown.map(\.plain).joined(separator: ", ")
        if case .object(let all) = kind, !isInside {
            let fields = Self.told(all)
            let lines: [[String: Any]] = items.map { item in
                ["cells": fields.map { self.value(item[$0.name], $0, resource, isInside: true).titled("") }]
            }
            let heads: [[String: Any]] = fields.map { ["title": self.label(of: $0.name, in: resource)] }
            return ShownValue("isTable", plain, ["heads": heads, "lines": lines])
        }
        let tags: [[String: Any]] = shown.map { value in
            ["text": value.plain, "address": orHidden(value.address)]
        }
        return ShownValue("isTags", plain, ["tags": tags])
    }

    /// The fields of a row that say something to people: beside a name an id says nothing.
    private static func told(_ fields: [ConsoleField]) -> [ConsoleField] {
        let isNamed = fields.contains { ["name", "title", "number"].contains($0.name) }
        return isNamed ? fields.filter { $0.name != "id" || $0.kind != .uuid } : fields
    }

    private func object(
        _ json: JSON, _ fields: [ConsoleField], _ resource: ConsoleModel.Resource, isInside: Bool
    ) -> ShownValue {
        if fields.map(\.name) == ["name", "value"], let name = json["name"]?.string, let value = json["value"]?.string {
            return ShownValue("isText", "\(name): \(value)")
        }
        let name = fields.first { ["name", "title"].contains($0.name) }
        if let name, let text = json[name.name]?.string, isInside || fields.count <= 3 {
            return ShownValue("isText", text)
        }
        let members = fields.compactMap { field -> (String, ShownValue)? in
            let shown = self.value(json[field.name], field, resource, isInside: true)
            return shown.plain.isEmpty ? nil : (self.label(of: field.name, in: resource), shown)
        }
        guard !members.isEmpty else { return .empty }
        let plain = members.map(\.1.plain).joined(separator: " · ")
        guard !isInside else { return ShownValue("isText", plain) }
        return ShownValue("isGroup", plain, ["members": members.map { $0.1.titled($0.0) }])
    }
}
