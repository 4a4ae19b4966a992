internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Finds what is wrong with the questions of an event type before they are stored.
struct QuestionFaults {
    private(set) var fields: [Refusal.Field] = []
    private var earlier: [Question] = []

    /// Looks at all questions, the first one first.
    init(of questions: [Question]) {
        for (index, question) in questions.enumerated() {
            let place = "/questions/\(index)"
            if self.earlier.contains(where: { $0.name == question.name }) {
                self.note("\(place)/name", "duplicate", "each name may come once only")
            }
            self.checkOptions(of: question, at: place)
            self.checkLimits(of: question, at: place)
            for (number, condition) in question.conditions.enumerated() {
                self.check(condition, at: "\(place)/conditions/\(number)", among: questions)
            }
            self.earlier.append(question)
        }
    }

    private mutating func note(_ pointer: String, _ code: String, _ detail: String) {
        self.fields.append(.init(pointer, code, detail))
    }

    private mutating func checkOptions(of question: Question, at place: String) {
        guard question.type.hasOptions else {
            if !question.options.isEmpty {
                self.note("\(place)/options", "conflict", "only questions of which one chooses an answer have options")
            }
            return
        }
        if question.options.isEmpty { self.note("\(place)/options", "required", "say what can be chosen") }
        var seen: Set<[UInt8]> = []
        for (index, option) in question.options.enumerated() where !seen.insert(Array(option.value.utf8)).inserted {
            self.note("\(place)/options/\(index)/value", "duplicate", "each value may come once only")
        }
    }

    private mutating func checkLimits(of question: Question, at place: String) {
        let type = question.type
        for (name, value) in [("minLength", question.minLength), ("maxLength", question.maxLength)] {
            guard let value else { continue }
            if !type.hasLength {
                self.note("\(place)/\(name)", "conflict", "only the length of text can be limited")
            } else if value > type.longest {
                self.note("\(place)/\(name)", "range", "such an answer has at most \(type.longest) characters")
            }
        }
        if let least = question.minLength, let most = question.maxLength, most < least {
            self.note("\(place)/maxLength", "range", "less than `minLength`: swap the two")
        }
        for (name, value) in [("minimum", question.minimum), ("maximum", question.maximum)] {
            guard let value else { continue }
            if !type.hasRange {
                self.note("\(place)/\(name)", "conflict", "only numbers and how many options are chosen can be limited")
            } else if type == .multipleChoice, value.rounded() != value || value < 1 {
                self.note("\(place)/\(name)", "range", "expected how many options are chosen: 1 or more")
            }
        }
        if let least = question.minimum, let most = question.maximum, most < least {
            self.note("\(place)/maximum", "range", "less than `minimum`: swap the two")
        }
        if type == .multipleChoice, let least = question.minimum, least > Double(question.options.count) {
            self.note("\(place)/minimum", "range", "there are only \(question.options.count) options")
        }
    }

    /// A condition speaks of an earlier question only, so that none can depend on itself.
    private mutating func check(_ condition: QuestionCondition, at place: String, among all: [Question]) {
        guard let question = self.earlier.first(where: { $0.name == condition.question }) else {
            let isThere = all.contains { $0.name == condition.question }
            self.note(
                "\(place)/question", isThere ? "not_earlier" : "unknown_question",
                isThere ? "only an earlier question can decide whether this is asked" : "there is no such question")
            return
        }
        for (index, answer) in condition.anyOf.enumerated() {
            let wanted = question.type == .multipleChoice ? .array([answer]) : answer
            let isAnswer: Bool
            if question.type == .multipleChoice {
                isAnswer = question.options.contains { .string($0.value) == answer }
            } else {
                isAnswer = (try? question.normalized(wanted)).flatMap { $0 } != nil
            }
            if !isAnswer {
                self.note("\(place)/anyOf/\(index)", "choice", "this cannot be an answer to `\(question.name)`")
            }
        }
    }
}
