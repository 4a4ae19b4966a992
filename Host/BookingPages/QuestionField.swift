internal import AlmanacPages
internal import AlmanacStorage

/// A question of those who offer something, as a control and as an answer.
struct QuestionField {
    let name: String
    let type: String
    let label: String
    let help: String?
    let isRequired: Bool
    let options: [(value: String, label: String)]
    let conditions: [(question: String, anyOf: [JSON])]
    private let json: JSON

    init(_ json: JSON) {
        self.json = json
        self.name = json["name"]?.string ?? ""
        self.type = json["type"]?.string ?? "text"
        self.label = json["label"]?.string ?? ""
        self.help = json["help"]?.string
        self.isRequired = json["required"]?.bool == true
        self.options = (json["options"]?.array ?? []).map {
            ($0["value"]?.string ?? "", $0["label"]?.string ?? "")
        }
        self.conditions = (json["conditions"]?.array ?? []).map {
            ($0["question"]?.string ?? "", $0["anyOf"]?.array ?? [])
        }
    }

    /// The name of its control.
    var control: String { "\(Visit.detail)q.\(self.name)" }

    /// What was answered; `nil` when nothing was.
    ///
    /// It judges nothing: the API says what is wrong.
    func answer(in state: FormState) -> JSON? {
        let texts = state.all(self.control).map { FormState.lines($0) }.filter { !$0.isEmpty }
        guard let text = texts.first else { return nil }
        switch self.type {
        case "multipleChoice": return .array(texts.map { .string($0) })
        case "boolean": return ["true": JSON.bool(true), "false": JSON.bool(false)][text] ?? .string(text)
        case "number":
            let point = text.replacing(",", with: ".")
            guard let number = try? JSON(parsing: Array(point.utf8)), number.number != nil else { return .string(text) }
            return number
        default: return .string(text)
        }
    }

    /// What stands in its control where it was answered so.
    func texts(of answer: JSON?) -> [String] {
        guard let answer, !answer.isNull else { return [] }
        return (answer.array ?? [answer]).map { $0.string ?? $0.text }
    }

    /// Whether it is asked of somebody who has answered what comes before in this way.
    func isAsked(after answers: [String: JSON]) -> Bool {
        self.conditions.allSatisfy { condition in
            guard let answer = answers[condition.question] else { return false }
            return (answer.array ?? [answer]).contains { given in
                condition.anyOf.contains { wanted in
                    guard let one = given.number, let other = wanted.number else { return given == wanted }
                    return one.double == other.double
                }
            }
        }
    }

    /// The conditions as scripts read them.
    var when: String? {
        guard !self.conditions.isEmpty else { return nil }
        let conditions = self.conditions.map { condition -> JSON in
            [
                "name": .string("\(Visit.detail)q.\(condition.question)"),
                "anyOf": .array(condition.anyOf.map { .string($0.string ?? $0.text) }),
            ]
        }
        return JSON.array(conditions).text
    }

    /// The type of the control for one line.
    var inputType: String {
        switch self.type {
        case "date", "time", "email": self.type
        case "phone": "tel"
        default: "text"
        }
    }

    /// The most characters of a text.
    var maximum: Int? { self.json["maxLength"]?.int }
}
