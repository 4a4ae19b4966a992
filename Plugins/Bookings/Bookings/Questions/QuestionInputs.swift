internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `PUT /event-types/{id}/questions`: all of them are replaced.
struct ReplaceQuestions: APIInput {
    let id: ID<EventType>
    let questions: [QuestionValue]
    let missingAnswers: MissingAnswers

    static let constraints: [String: Constraint] = [
        "questions": .items(
            QuestionForm.counts, "In the order in which they are asked. What is left out is asked no more."),
        "missingAnswers": .field(
            default: "refuse",
            "Whether a booking that misses required answers is refused, or pending until they are given."),
    ]
}

/// A question as it is sent.
struct QuestionValue: APIInput {
    let name: Slug
    let type: QuestionType
    let label: LocalizedText
    let help: LocalizedText?
    let required: Bool
    let options: [QuestionOptionValue]
    let conditions: [QuestionConditionValue]
    let minLength: Int?
    let maxLength: Int?
    let minimum: Double?
    let maximum: Double?

    /// What a number may be limited to: integers in here are exact as numbers.
    static let numbers = -1_000_000_000_000_000...1_000_000_000_000_000

    static let constraints: [String: Constraint] = [
        "name": .field("What answers are called; it stays with the question for ever."),
        "label": .text(1...500, "What people read: a text, or one for each language."),
        "help": .text(1...2_000, "What helps to answer it: a text, or one for each language."),
        "required": .field(default: false, "Whether it must be answered, where it is asked."),
        "options": .items(0...200, default: [], "From what is chosen; for `singleChoice` and `multipleChoice` only."),
        "conditions": .items(0...20, default: [], "When it is asked; all of them must hold."),
        "minLength": .integer(1...10_000, "In characters; for `text` and `longText` only."),
        "maxLength": .integer(1...10_000, "In characters; 500 for `text`, when left out."),
        "minimum": .number(Self.numbers, "Of a number its value, of several options how many are chosen."),
        "maximum": .number(Self.numbers, "Of a number its value, of several options how many are chosen."),
    ]

    /// The question that is meant.
    func question(_ id: ID<Question>) -> Question {
        Question(
            id: id, name: self.name.text, type: self.type, label: self.label, help: self.help,
            isRequired: self.required,
            options: self.options.map { QuestionOption(value: $0.value, label: $0.label) },
            conditions: self.conditions.map { QuestionCondition(question: $0.question.text, anyOf: $0.anyOf) },
            minLength: self.minLength, maxLength: self.maxLength, minimum: self.minimum, maximum: self.maximum)
    }
}

/// An option as it is sent.
struct QuestionOptionValue: APIInput {
    let value: String
    let label: LocalizedText

    static let constraints: [String: Constraint] = [
        "value": .text(1...100, "What is kept; unique among the options."),
        "label": .text(1...500, "What people read: a text, or one for each language."),
    ]
}

/// A condition on the wire.
struct QuestionConditionValue: APIInput {
    let question: Slug
    let anyOf: [JSON]

    static let constraints: [String: Constraint] = [
        "question": .field("The name of an earlier question."),
        "anyOf": .items(1...200, "The answers after which this is asked; of several options one is enough."),
    ]
}

/// What an event type asks, as the API shows it.
struct QuestionList: Codable, Sendable, Versioned {
    let items: [QuestionView]
    let missingAnswers: MissingAnswers
    /// That of the event type.
    let version: Int

    init(_ entry: EventTypeEntry, _ call: Call, _ organization: Organization) {
        self.items = entry.form.questions.map {
            QuestionView($0, languages: call.languages, locale: organization.locale)
        }
        self.missingAnswers = entry.form.missing
        self.version = entry.version
    }
}

/// A question as the API shows it.
struct QuestionView: Codable, Sendable {
    /// An option with what the reader reads.
    struct Option: Codable, Sendable {
        let value: String
        let label: String
    }

    /// When it is asked.
    struct Condition: Codable, Sendable {
        let question: String
        let anyOf: [JSON]
    }

    let id: ID<Question>
    let name: String
    let type: QuestionType
    let label: String
    let help: String?
    let required: Bool
    let options: [Option]
    let conditions: [Condition]
    let minLength: Int?
    let maxLength: Int?
    let minimum: Double?
    let maximum: Double?

    init(_ question: Question, languages: [String], locale: String) {
        self.id = question.id
        self.name = question.name
        self.type = question.type
        self.label = question.label.resolved(for: languages, fallback: locale)
        self.help = question.help?.resolved(for: languages, fallback: locale)
        self.required = question.isRequired
        self.options = question.options.map { option in
            Option(value: option.value, label: option.label.resolved(for: languages, fallback: locale))
        }
        self.conditions = question.conditions.map { Condition(question: $0.question, anyOf: $0.anyOf) }
        self.minLength = question.minLength
        self.maxLength = question.maxLength
        self.minimum = question.minimum
        self.maximum = question.maximum
    }
}
