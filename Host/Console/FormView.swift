internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// Makes the controls of a form from the schema of an input, with what stands in them and what is wrong with it.
struct FormView {
    let visit: Visit
    let resource: ConsoleModel.Resource
    let state: FormState
    let options: FormOptions
    /// What is wrong, by JSON Pointer.
    let errors: [(pointer: String, text: String)]
    /// Whether fields may be left out because the item has them already.
    let isChange: Bool

    /// Every name of the template `console/field`: what is not set hides what stands around it.
    private static var nothing: [String: Any] {
        [
            "isControl": false, "isFieldset": false, "isRows": false, "isCheck": false, "isSelect": false,
            "isArea": false, "isInput": false, "isMoney": false, "isTicks": false, "isWrong": false,
            "isRequired": false,
            "isChecked": false, "isCode": false, "id": "", "name": "", "label": "", "describedBy": false,
            "type": "text", "exact": false,
            "value": "", "currency": "", "placeholder": false, "lookup": false, "maximum": false, "least": false,
            "most": false,
            "step": false, "rows": 3,
            "options": false, "about": false, "errors": false, "fields": false, "rowFields": false,
            "isGroup": false, "isOpen": false, "isSmall": false, "isShortened": false,
        ]
    }

    /// The controls of these fields.
    func fields(_ fields: [ConsoleField]) -> [[String: Any]] {
        fields.map { self.control($0, at: $0.name, isInside: false) }
    }

    /// What is wrong, for the head of the form: with a link to the control that it is about, where there is one.
    func summary(_ fields: [ConsoleField]) -> [[String: Any]] {
        self.errors.map { error in
            let names = error.pointer.split(separator: "/").map(String.init)
            guard let first = names.first, let field = fields.first(where: { $0.name == first }) else {
                return ["text": error.text, "address": false]
            }
            let isDeep: Bool =
                switch field.kind {
                case .object, .list(of: .object): true
                default: false
                }
            let id = isDeep ? names.joined(separator: "-") : first
            return [
                "text": "\(self.visit.label(of: first, in: self.resource)): \(error.text)", "address": "#\(id)",
            ]
        }
    }

    private func control(_ field: ConsoleField, at name: String, isInside: Bool) -> [String: Any] {
        var context = Self.nothing
        let errors = self.errors(of: field, at: name)
        let id = name.split(separator: ".").joined(separator: "-")
        var about = self.visit.about(field, at: Self.pattern(name), in: self.resource)
        context["name"] = name
        context["id"] = id
        let label = self.label(of: field)
        context["label"] = label
        context["isRequired"] = field.isRequired && field.defaultValue == nil && !self.isChange && !isInside
        context["isWrong"] = !errors.isEmpty
        if !errors.isEmpty { context["errors"] = errors.map { ["text": $0] } }
        switch field.kind {
        case .object(let fields):
            // What may be left out is closed until something of it is set.
            context[field.isRequired ? "isFieldset" : "isGroup"] = true
            context["isOpen"] = !self.state.part(name).isEmpty || self.hasErrors(inside: name)
            context["fields"] = fields.map { self.control($0, at: "\(name).\($0.name)", isInside: true) }
        case .list(of: .object(let fields)):
            context["isRows"] = true
            // The page that a button has asked for begins where the button was.
            let count = self.state.rows(of: name)
            let isLonger = self.state.first("rows-add") == name
            context["isShortened"] =
                self.state.first("rows-remove").map {
                    $0.hasPrefix("\(name).") && Int($0.dropFirst(name.count + 1)) != nil
                } ?? false
            context["rowFields"] = (0..<count).map { index -> [String: Any] in
                let row = "\(name).\(index)"
                return [
                    "row": row, "rowLabel": "\(label) \(index + 1)", "isAdded": isLonger && index == count - 1,
                    "fields": fields.map { self.control($0, at: "\(row).\($0.name)", isInside: true) },
                ]
            }
        case .localizedText:
            context["isFieldset"] = true
            context["fields"] = self.languages(of: name).map { self.language($0, at: name) }
        default:
            context["isControl"] = true
            context["isSmall"] = !isInside && Self.isSmall(field.kind)
            about = [about, self.fill(&context, field, name, isInside)].compactMap { $0 }.joined(separator: " ")
        }
        if let about, !about.isEmpty { context["about"] = about }
        let described = [about?.isEmpty == false ? "\(id)-about" : nil, errors.isEmpty ? nil : "\(id)-error"]
            .compactMap { $0 }
        if !described.isEmpty { context["describedBy"] = described.joined(separator: " ") }
        return context
    }

    /// What a control is called: of a number of minutes with its unit.
    private func label(of field: ConsoleField) -> String {
        let label = self.visit.label(of: field.name, in: self.resource)
        guard field.name.hasSuffix("Minutes"), case .integer = field.kind else { return label }
        return "\(label) (\(self.visit.word("minutes")))"
    }

    /// Whether two controls of the kind fit beside each other.
    private static func isSmall(_ kind: ConsoleField.Kind) -> Bool {
        switch kind {
        case .integer, .number, .boolean, .choice, .date, .time, .money: true
        default: false
        }
    }

    private func hasErrors(inside name: String) -> Bool {
        let pointer = "/" + name.split(separator: ".").joined(separator: "/")
        return self.errors.contains { $0.pointer == pointer || $0.pointer.hasPrefix("\(pointer)/") }
    }

    private func errors(of field: ConsoleField, at name: String) -> [String] {
        let pointer = "/" + name.split(separator: ".").joined(separator: "/")
        return self.errors.filter { error in
            if error.pointer == pointer { return true }
            guard error.pointer.hasPrefix("\(pointer)/") else { return false }
            // Of what has controls of its own inside, those say it.
            switch field.kind {
            case .object, .list(of: .object): return false
            default: return true
            }
        }.map(\.text)
    }

    // MARK: Kinds of controls

    /// Fills a control in; gives what is to be said of it besides.
    private func fill(
        _ context: inout [String: Any], _ field: ConsoleField, _ name: String, _ isInside: Bool
    ) -> String? {
        let value = self.state.first(name) ?? ""
        context["value"] = value
        if let choice = self.options[Self.pattern(name)] {
            self.choose(&context, choice.options, field, name)
            guard let lookup = choice.lookup, context["isSelect"] as? Bool == true else { return nil }
            context["lookup"] = [
                "source": "/console/choices/\(lookup)", "search": self.state.first("\(name).search") ?? "",
                "field": name, "control": context["id"] ?? "", "of": context["label"] ?? "",
            ]
            return self.visit.word("lookupAbout")
        }
        switch field.kind {
        case .boolean where field.isRequired || field.defaultValue != nil || isInside:
            context["isCheck"] = true
            context["isChecked"] = value == "true"
        case .boolean:
            self.choose(&context, [("true", self.visit.word("yes")), ("false", self.visit.word("no"))], field, name)
        case .choice(let values):
            self.choose(&context, values.map { ($0, self.visit.label(ofValue: $0)) }, field, name)
        case .list(of: .choice(let values)):
            self.tick(&context, values.map { ($0, self.visit.label(ofValue: $0)) }, name)
        case .list(of: .json), .json:
            self.area(&context, rows: 6)
            context["isCode"] = true
            return self.visit.word("asJSON")
        case .list:
            self.area(&context, rows: 3)
            context["value"] = self.state.all(name).joined(separator: "\n")
            return self.visit.word("perLine")
        case .money:
            context["isMoney"] = true
            context["value"] = self.state.first("\(name).amount") ?? ""
            context["currency"] = self.state.first("\(name).currency") ?? self.visit.site.settings.currency
        case .text(_, let maximum):
            if (maximum ?? .max) > 500 { self.area(&context, rows: 3) } else { context["isInput"] = true }
            if let maximum { context["maximum"] = maximum }
            if field.name.lowercased().hasSuffix("password") { context["type"] = "password" }
        default: return self.input(&context, field)
        }
        return nil
    }

    private func input(_ context: inout [String: Any], _ field: ConsoleField) -> String? {
        context["isInput"] = true
        switch field.kind {
        case .integer(let minimum, let maximum):
            context["type"] = "number"
            context["step"] = "1"
            if let minimum, minimum > -9_007_199_254_740_992 { context["least"] = "\(minimum)" }
            if let maximum, maximum < 9_007_199_254_740_992 { context["most"] = "\(maximum)" }
        case .number:
            context["type"] = "number"
            context["step"] = "any"
        case .email: context["type"] = "email"
        case .date: context["type"] = "date"
        case .time: context["type"] = "time"
        case .instant:
            context["type"] = "datetime-local"
            let name = context["name"] as? String ?? ""
            // A start that was chosen is an instant.
            if let instant = self.state.first(name).flatMap({ Instant(rfc3339: $0) }) {
                context["value"] = FormState.clock(instant, in: self.visit.formats.zone)
                context["exact"] = instant.rfc3339
            } else if let exact = self.state.first("\(name)\(FormState.exactSuffix)") {
                context["exact"] = exact
            }
            return "\(self.visit.word("inZone")): \(self.visit.formats.zone.name)."
        default: break
        }
        return nil
    }

    private func area(_ context: inout [String: Any], rows: Int) {
        context["isArea"] = true
        context["rows"] = rows
    }

    private func choose(
        _ context: inout [String: Any], _ choices: [(value: String, title: String)], _ field: ConsoleField,
        _ name: String
    ) {
        if case .list = field.kind { return self.tick(&context, choices, name) }
        let value = self.state.first(name) ?? ""
        var options: [[String: Any]] = choices.map {
            ["value": $0.value, "title": $0.title, "isChosen": $0.value == value]
        }
        if !value.isEmpty, !choices.contains(where: { $0.value == value }) {
            options.insert(["value": value, "title": value, "isChosen": true], at: 0)
        }
        if field.defaultValue == nil || value.isEmpty {
            options.insert(["value": "", "title": "—", "isChosen": value.isEmpty], at: 0)
        }
        context["isSelect"] = true
        context["options"] = options
    }

    /// Boxes to tick: those that are ticked first, in their order, which may mean something.
    private func tick(
        _ context: inout [String: Any], _ choices: [(value: String, title: String)], _ name: String
    ) {
        let values = self.state.all(name).flatMap { $0.split(separator: "\n").map(String.init) }
        let titles = Dictionary(choices.map { ($0.value, $0.title) }, uniquingKeysWith: { first, _ in first })
        let ticked: [[String: Any]] = values.map { ["value": $0, "title": titles[$0] ?? $0, "isChosen": true] }
        let others: [[String: Any]] = choices.filter { !values.contains($0.value) }.map {
            ["value": $0.value, "title": $0.title, "isChosen": false]
        }
        context["isTicks"] = true
        context["options"] = ticked + others
    }

    // MARK: Texts in several languages

    private func languages(of name: String) -> [String] {
        let prefix = "\(name)."
        let stated = self.state.part(name).keys.filter { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
        let usual = [LocalizedText.defaultLanguage] + Words.languages
        return usual + stated.filter { !usual.contains($0) }.sorted()
    }

    private func language(_ tag: String, at name: String) -> [String: Any] {
        var context = Self.nothing
        context["isControl"] = true
        context["isInput"] = true
        context["name"] = "\(name).\(tag)"
        context["id"] = "\(name)-\(tag)".split(separator: ".").joined(separator: "-")
        context["label"] = tag == LocalizedText.defaultLanguage ? self.visit.word("allLanguages") : tag
        context["value"] = self.state.first("\(name).\(tag)") ?? ""
        return context
    }

    /// The name without the numbers of rows.
    static func pattern(_ name: String) -> String {
        name.split(separator: ".").filter { part in !part.allSatisfy { $0.isNumber } }.joined(separator: ".")
    }
}
