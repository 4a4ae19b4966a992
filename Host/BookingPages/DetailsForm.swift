internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// The form in which people say who they are and answer what they are asked.
struct DetailsForm {
    let visit: Visit
    let questions: [QuestionField]
    /// Whether it asks who books.
    let asksWho: Bool
    /// How many others may be named.
    let others: Int
    /// Whether it asks where to come to.
    let asksAddress: Bool

    /// What is wrong with fields: the name of the control, and what stands beside it.
    typealias Errors = [(control: String, text: String)]

    // MARK: Sending

    /// The fields of the input that the form holds.
    func input(_ state: FormState) -> JSONObject {
        var input = JSONObject()
        func text(_ name: String) -> String? {
            state.first("\(Visit.detail)\(name)").map { FormState.lines($0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        if self.asksWho {
            for name in ["givenName", "familyName", "email"] { input[name] = .string(text(name) ?? "") }
            input["phone"] = text("phone").map { JSON.string($0) }
            input["locale"] = .string(self.visit.language)
        }
        input["notes"] = text("notes").map { JSON.string($0) }
        if self.asksAddress, let address = text("address") {
            let lines = address.split(separator: "\n").map { JSON.string(String($0)) }
            input["addressLines"] = .array(lines)
        }
        let attendees = (0..<self.others).compactMap { index -> JSON? in
            let (name, email) = (text("a\(index).name"), text("a\(index).email"))
            guard name != nil || email != nil else { return nil }
            return ["name": .string(name ?? ""), "email": .string(email ?? "")]
        }
        if !attendees.isEmpty { input["attendees"] = .array(attendees) }
        let answers = self.answered(state)
        if !answers.members.isEmpty { input["answers"] = .object(answers) }
        return input
    }

    /// The answers that the form holds.
    func answered(_ state: FormState) -> JSONObject {
        JSONObject(self.answers(state).sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    /// What was answered of what is asked of somebody who answers so: without scripts every question stands there.
    private func answers(_ state: FormState) -> [String: JSON] {
        var answers: [String: JSON] = [:]
        for question in self.questions where question.isAsked(after: answers) {
            answers[question.name] = question.answer(in: state)
        }
        return answers
    }

    // MARK: What is wrong

    /// What an answer of the API finds wrong, by control; with what belongs to none.
    func errors(_ answer: PageClient.Answer, _ state: FormState) -> Errors {
        // Those who are named stand in the form where there may be gaps between them.
        let named = (0..<self.others).filter { index in
            ["name", "email"].contains { !(state.first("\(Visit.detail)a\(index).\($0)") ?? "").isEmpty }
        }
        return (answer.json["errors"]?.array ?? []).map { error in
            let parts = (error["pointer"]?.string ?? "").split(separator: "/").map {
                $0.replacing("~1", with: "/").replacing("~0", with: "~")
            }
            let text = self.visit.explanation(error["code"]?.string ?? "", error["detail"]?.string ?? "")
            switch parts.first {
            case "answers" where parts.count > 1: return ("\(Visit.detail)q.\(parts[1])", text)
            case "attendees" where parts.count > 2:
                let index = Int(parts[1]).flatMap { named.indices.contains($0) ? named[$0] : nil } ?? 0
                return ("\(Visit.detail)a\(index).\(parts[2])", text)
            case "addressLines": return ("\(Visit.detail)address", text)
            case let first?: return ("\(Visit.detail)\(first)", text)
            case nil: return ("", text)
            }
        }
    }

    /// The form as it stands after these answers, which the API has shown.
    func state(_ given: JSON) -> FormState {
        let values = Dictionary(
            (given["items"]?.array ?? []).map { ($0["name"]?.string ?? "", $0["value"]) },
            uniquingKeysWith: { first, _ in first })
        return FormState(
            self.questions.flatMap { question in
                question.texts(of: values[question.name] ?? nil).map { (name: question.control, value: $0) }
            })
    }

    /// Whether the form has a control of this name: what is wrong with others can be mended elsewhere only.
    func asks(_ control: String) -> Bool { self.shown.contains { $0.control == control } }

    // MARK: Showing

    private var shown: [DetailField] {
        self.who + self.rest + self.people.flatMap { $0 } + self.questions.map { self.field(of: $0) }
    }

    /// Everything that the template needs.
    func context(_ state: FormState, _ errors: Errors) -> [String: Any] {
        let questions = self.questions.map { self.field(of: $0) }
        let shown = self.shown
        let known = Set(shown.map(\.control))
        let summary: [[String: Any]] = errors.map { error in
            let field = shown.first { $0.control == error.control }
            return [
                "text": error.text, "label": orHidden(field?.label),
                "address": orHidden(known.contains(error.control) ? "#\(Self.id(error.control))" : nil),
            ]
        }
        let rows: [[String: Any]] = self.people.enumerated().map { index, fields in
            [
                "title": self.visit.word("bookPerson", ["number": "\(index + 1)"]),
                "fields": fields.map { $0.context(state, errors) },
            ]
        }
        return [
            "who": self.who.map { $0.context(state, errors) }, "asksWho": self.asksWho,
            "rest": self.rest.map { $0.context(state, errors) }, "people": rows, "hasPeople": !rows.isEmpty,
            "questions": questions.map { $0.context(state, errors) }, "hasQuestions": !questions.isEmpty,
            "summary": orHidden(errors.isEmpty ? nil : ["items": summary]),
        ]
    }

    /// The identifier of a control.
    static func id(_ control: String) -> String {
        String(control.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }

    private var who: [DetailField] {
        guard self.asksWho else { return [] }
        return [
            DetailField("givenName", self.visit.word("bookGivenName"), complete: "given-name", maximum: 200),
            DetailField(
                "familyName", self.visit.word("bookFamilyName"), complete: "family-name", maximum: 200,
                isRequired: true),
            DetailField(
                "email", self.visit.word("email"), type: "email", complete: "email", maximum: 254, isRequired: true,
                about: self.visit.word("bookEmailAbout")),
            DetailField(
                "phone", self.visit.word("bookPhone"), type: "tel", complete: "tel", maximum: 40,
                about: self.visit.word("bookPhoneAbout")),
        ]
    }

    private var rest: [DetailField] {
        var fields: [DetailField] = []
        if self.asksAddress {
            fields.append(
                DetailField(
                    "address", self.visit.word("bookAddress"), type: "area", complete: "street-address", maximum: 500,
                    isRequired: true))
        }
        fields.append(DetailField("notes", self.visit.word("bookNotes"), type: "area", maximum: 2_000))
        return fields
    }

    private var people: [[DetailField]] {
        (0..<self.others).map { index in
            [
                DetailField("a\(index).name", self.visit.word("bookName"), maximum: 200),
                DetailField("a\(index).email", self.visit.word("email"), type: "email", maximum: 254),
            ]
        }
    }

    private func field(of question: QuestionField) -> DetailField {
        var field = DetailField(
            "q.\(question.name)", question.label, type: question.type == "longText" ? "area" : question.inputType,
            maximum: question.maximum, isRequired: question.isRequired, about: question.help)
        field.when = question.when
        field.condition = question.conditions.isEmpty ? nil : self.sentence(question)
        switch question.type {
        case "boolean":
            field.type = "choice"
            field.options = [("true", self.visit.word("yes")), ("false", self.visit.word("no"))]
        case "singleChoice":
            field.type = "choice"
            field.options = question.options
        case "multipleChoice":
            field.type = "ticks"
            field.options = question.options
        default: break
        }
        return field
    }

    /// When a question is asked, in words.
    private func sentence(_ question: QuestionField) -> String {
        let parts = question.conditions.map { condition in
            let other = self.questions.first { $0.name == condition.question }
            let answers = condition.anyOf.map { answer -> String in
                let text = answer.string ?? answer.text
                if let option = other?.options.first(where: { $0.value == text }) { return option.label }
                return ["true": self.visit.word("yes"), "false": self.visit.word("no")][text] ?? text
            }
            return self.visit.word(
                "bookOnlyIf",
                ["question": other?.label ?? condition.question, "answer": answers.joined(separator: " / ")])
        }
        return parts.joined(separator: " ")
    }
}

/// One control of the form.
struct DetailField {
    let control: String
    let label: String
    /// `area`, `choice`, `ticks`, or a type of input.
    var type: String
    /// What browsers may fill in by themselves (HTML, autofill).
    let complete: String?
    let maximum: Int?
    let isRequired: Bool
    let about: String?
    var options: [(value: String, label: String)] = []
    var when: String?
    var condition: String?

    init(
        _ name: String, _ label: String, type: String = "text", complete: String? = nil, maximum: Int? = nil,
        isRequired: Bool = false, about: String? = nil
    ) {
        self.control = "\(Visit.detail)\(name)"
        self.label = label
        self.type = type
        self.complete = complete
        self.maximum = maximum
        self.isRequired = isRequired
        self.about = about
    }

    /// What the template needs.
    func context(_ state: FormState, _ errors: DetailsForm.Errors) -> [String: Any] {
        let id = DetailsForm.id(self.control)
        let own = errors.filter { $0.control == self.control }
        let chosen = Set(state.all(self.control))
        let described = [
            self.about.map { _ in "\(id)-about" }, self.condition.map { _ in "\(id)-when" },
            own.isEmpty ? nil : "\(id)-error",
        ].compactMap { $0 }
        let options: [[String: Any]] = self.options.enumerated().map { index, option in
            [
                "value": option.value, "title": option.label, "isChosen": chosen.contains(option.value),
                // The summary of what is wrong leads to the first of them.
                "id": index == 0 ? id : "\(id)-\(index)",
            ]
        }
        return [
            "name": self.control, "id": id, "label": self.label, "isRequired": self.isRequired,
            "value": state.first(self.control) ?? "", "type": self.type,
            "isArea": self.type == "area", "isChoice": self.type == "choice", "isTicks": self.type == "ticks",
            "isGroup": ["choice", "ticks"].contains(self.type),
            "isInput": !["area", "choice", "ticks"].contains(self.type), "options": options,
            "complete": orHidden(self.complete), "maximum": orHidden(self.maximum.map { "\($0)" }),
            "about": orHidden(self.about), "when": orHidden(self.when), "condition": orHidden(self.condition),
            "describedBy": orHidden(described.isEmpty ? nil : described.joined(separator: " ")),
            "isWrong": !own.isEmpty, "errors": own.map { ["text": $0.text] },
        ]
    }
}
