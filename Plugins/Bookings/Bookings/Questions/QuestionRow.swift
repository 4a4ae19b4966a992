internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A question as it is stored.
struct QuestionRow: Record {
    static let columns: Columns = [
        "id", "event_type_id", "name", "type", "label", "help", "is_required", "options", "conditions", "min_length",
        "max_length", "minimum", "maximum",
    ]

    let eventType: ID<EventType>
    let question: Question

    init(row: inout RowReader) throws {
        let id: ID<Question> = try row.next()
        self.eventType = try row.next()
        let name: String = try row.next()
        let type: QuestionType = try row.next()
        let label: LocalizedText = try row.next()
        let help: LocalizedText? = try row.nextIfPresent()
        let isRequired: Bool = try row.next()
        let options: JSON = try row.next()
        let conditions: JSON = try row.next()
        let minLength: Int? = try row.nextIfPresent()
        let maxLength: Int? = try row.nextIfPresent()
        let minimum: Double? = try row.nextIfPresent()
        self.question = Question(
            id: id, name: name, type: type, label: label, help: help, isRequired: isRequired,
            options: try QuestionOption.list(in: options), conditions: QuestionCondition.list(in: conditions),
            minLength: minLength, maxLength: maxLength, minimum: minimum, maximum: try row.nextIfPresent())
    }

    /// What the event types of an organization ask.
    static func forms(
        of organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [ID<EventType>: QuestionForm] {
        let rows = try tx.fetchAll(
            """
            SELECT \(Self.columns) FROM \(QuestionSchema.question)
            WHERE organization_id = \(organization) AND archived_at IS NULL ORDER BY event_type_id, position
            """, as: QuestionRow.self)
        var forms = Dictionary(grouping: rows, by: \.eventType).mapValues { rows in
            QuestionForm(questions: rows.map(\.question))
        }
        let lenient: [ID<EventType>] = try tx.values(
            """
            SELECT id FROM \(BookingsSchema.eventType)
            WHERE organization_id = \(organization) AND missing_answers = \(MissingAnswers.pending)
            """)
        for eventType in lenient { forms[eventType, default: QuestionForm()].missing = .pending }
        return forms
    }
}

extension QuestionOption {
    /// The form in which options are stored, and kept with answers.
    var json: JSON { ["value": .string(self.value), "label": self.label.json] }

    static func list(in json: JSON) throws -> [QuestionOption] {
        try (json.array ?? []).map { option in
            guard let value = option["value"]?.string, let label = option["label"] else {
                throw RowError("an option of a question lacks its value or its label")
            }
            return QuestionOption(value: value, label: try LocalizedText(json: label))
        }
    }
}

extension QuestionCondition {
    /// The form in which conditions are stored.
    var json: JSON { ["question": .string(self.question), "anyOf": .array(self.anyOf)] }

    static func list(in json: JSON) -> [QuestionCondition] {
        (json.array ?? []).compactMap { condition in
            guard let question = condition["question"]?.string else { return nil }
            return QuestionCondition(question: question, anyOf: condition["anyOf"]?.array ?? [])
        }
    }
}
