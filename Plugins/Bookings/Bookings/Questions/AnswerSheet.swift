internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// What was asked and answered, in the form in which it is kept: as it was put then, whatever becomes of the questions.
struct AnswerSheet: Sendable {
    /// One question as it was asked.
    struct Asked: Sendable {
        let name: String
        let type: QuestionType
        let label: LocalizedText
        let options: [QuestionOption]
    }

    /// What was asked, in order.
    var asked: [Asked]
    /// What was answered, by name.
    var answers: JSONObject

    static let empty = AnswerSheet(asked: [], answers: [:])

    /// The sheet with what it holds of questions that are asked no more.
    func keeping(_ earlier: AnswerSheet, besides questions: [Question]) -> AnswerSheet {
        let present = Set(questions.map(\.name))
        var sheet = self
        for asked in earlier.asked where !present.contains(asked.name) {
            guard let answer = earlier.answers[asked.name] else { continue }
            sheet.asked.append(asked)
            sheet.answers[asked.name] = answer
        }
        return sheet
    }
}

extension AnswerSheet {
    /// What was asked as it is stored.
    var askedJSON: JSON {
        .array(
            self.asked.map { asked in
                [
                    "name": .string(asked.name), "type": .string(asked.type.rawValue), "label": asked.label.json,
                    "options": .array(asked.options.map(\.json)),
                ]
            })
    }

    /// Reads a stored sheet.
    init(answers: JSON, asked: JSON) throws {
        self.answers = answers.object ?? [:]
        self.asked = try (asked.array ?? []).map { item in
            guard let name = item["name"]?.string, let type = item["type"]?.string.flatMap(QuestionType.init),
                let label = item["label"]
            else { throw RowError("a question that was asked lacks its name, type or label") }
            return Asked(
                name: name, type: type, label: try LocalizedText(json: label),
                options: try QuestionOption.list(in: item["options"] ?? .array([])))
        }
    }
}

extension QuestionForm {
    /// Answers, put to the questions.
    struct Outcome: Sendable {
        var sheet: AnswerSheet
        /// Answers that cannot be kept.
        var faults: [Refusal.Field] = []
        /// Required ones that are not there.
        var missing: [Refusal.Field] = []
    }

    /// Puts answers to the questions, one after the other: what is asked depends on what was answered before.
    ///
    /// - Parameters:
    ///   - answers: By the names of the questions.
    ///   - place: Where they stand in the input, as a JSON Pointer.
    /// - Returns: What is kept of them, and what is wrong.
    func examine(_ answers: [String: JSON], at place: String = "/answers") -> Outcome {
        var outcome = Outcome(sheet: .empty)
        var unclear: Set<String> = []
        for question in self.questions {
            let pointer = JSONPointer.appending(question.name, to: place)
            let given = answers[question.name].flatMap { $0.isNull ? nil : $0 }
            guard !question.conditions.contains(where: { unclear.contains($0.question) }) else {
                // Whether it is asked depends on an answer that is wrong, of which the caller is told.
                unclear.insert(question.name)
                continue
            }
            guard question.conditions.allSatisfy({ $0.holds(for: outcome.sheet.answers[$0.question]) }) else {
                if given != nil {
                    outcome.faults.append(
                        .init(pointer, "not_asked", "this is not asked after what was answered before: leave it out"))
                }
                continue
            }
            outcome.sheet.asked.append(
                .init(name: question.name, type: question.type, label: question.label, options: question.options))
            do throws(AnswerFault) {
                if let given, let kept = try question.normalized(given) {
                    outcome.sheet.answers[question.name] = kept
                } else if question.isRequired {
                    outcome.missing.append(.init(pointer, "required", "this must be answered"))
                }
            } catch {
                unclear.insert(question.name)
                let exact = error.index.map { "\(pointer)/\($0)" } ?? pointer
                outcome.faults.append(.init(exact, error.code, error.detail))
            }
        }
        let names = Set(self.questions.map(\.name))
        for name in answers.keys.sorted() where !names.contains(name) {
            outcome.faults.append(
                .init(JSONPointer.appending(name, to: place), "unknown_question", "there is no such question"))
        }
        return outcome
    }

    /// Puts answers to the questions and refuses what cannot be kept.
    ///
    /// - Returns: What is kept, and whether required answers are missing where the event type allows that for a while.
    /// - Throws: ``Refusal`` with code `invalid_answers` that names each of them.
    func admit(
        _ answers: [String: JSON], at place: String = "/answers", leniently: Bool
    ) throws -> (sheet: AnswerSheet, isComplete: Bool) {
        let outcome = self.examine(answers, at: place)
        let wrong = outcome.faults + (leniently ? [] : outcome.missing)
        guard wrong.isEmpty else { throw Refusal.invalidAnswers(wrong) }
        return (outcome.sheet, outcome.missing.isEmpty)
    }
}

extension Refusal {
    static func invalidAnswers(_ fields: [Field]) -> Refusal {
        Refusal(
            .invalid, "invalid_answers",
            "the answers do not fit the questions: GET /event-types/{id}/questions lists them", fields: fields)
    }
}
