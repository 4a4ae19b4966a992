internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What kind of answer a question wants.
enum QuestionType: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
    /// One line.
    case text
    /// Several lines.
    case longText
    /// Any number.
    case number
    /// Yes or no.
    case boolean
    /// One of the options.
    case singleChoice
    /// Some of the options.
    case multipleChoice
    /// A date as 2026-03-01.
    case date
    /// A time of day as 09:30.
    case time
    /// A telephone number of ITU-T E.164.
    case phone
    /// An e-mail address.
    case email

    /// Whether answers are chosen from options.
    var hasOptions: Bool { self == .singleChoice || self == .multipleChoice }
    /// Whether the length of answers can be limited.
    var hasLength: Bool { self == .text || self == .longText }
    /// Whether answers can be limited to a range: a number by its value, several options by how many are chosen.
    var hasRange: Bool { self == .number || self == .multipleChoice }
    /// The longest answer, in code points.
    var longest: Int { self == .longText ? 10_000 : 500 }
}

/// One of the answers from which people choose.
struct QuestionOption: Sendable, Hashable {
    /// What is kept and asked for.
    let value: String
    /// What people read.
    let label: LocalizedText
}

/// That a question is asked only of those who gave one of some answers to an earlier one.
struct QuestionCondition: Sendable, Equatable {
    /// The name of the earlier question.
    let question: String
    /// One of these; of several options that were chosen, one is enough.
    let anyOf: [JSON]

    /// Whether an answer is one of those that are wanted; no answer is none of them.
    func holds(for answer: JSON?) -> Bool {
        guard let answer else { return false }
        let given = answer.array ?? [answer]
        return given.contains { item in self.anyOf.contains { $0.isSameAnswer(as: item) } }
    }
}

extension JSON {
    /// Whether two answers are the same; `1` and `1.0` are.
    fileprivate func isSameAnswer(as other: JSON) -> Bool {
        guard let own = self.number, let others = other.number else { return self == other }
        return own.double == others.double
    }
}

/// A question that an event type asks whoever books it.
struct Question: Sendable {
    /// Identifies the question.
    let id: ID<Question>
    /// What answers are called, unique among the questions of its event type.
    let name: String
    let type: QuestionType
    let label: LocalizedText
    let help: LocalizedText?
    let isRequired: Bool
    let options: [QuestionOption]
    /// All of them must hold, or else the question is not asked.
    let conditions: [QuestionCondition]
    let minLength: Int?
    let maxLength: Int?
    let minimum: Double?
    let maximum: Double?
}

/// What becomes of a booking that misses required answers.
enum MissingAnswers: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
    /// It is refused.
    case refuse
    /// It is made, and pending until they are given.
    case pending
}

/// All that an event type asks.
struct QuestionForm: Sendable {
    /// In the order in which they are asked.
    var questions: [Question] = []
    var missing = MissingAnswers.refuse

    /// How many questions there may be.
    static let counts = 0...100
}
