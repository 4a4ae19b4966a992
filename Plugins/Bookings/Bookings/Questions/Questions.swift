internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Shows and replaces what event types ask; each in the caller's transaction.
///
/// Nothing is deleted: a question that is left out is archived, and what was answered to it stays. Its name stays its
/// own, so that answers under one name are always answers to one question.
struct Questions: Sendable {
    let catalogs: CatalogStore

    private struct Known: Record {
        static let columns: Columns = ["id", "name", "type"]
        let id: ID<Question>
        let name: String
        let type: QuestionType

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.name = try row.next()
            self.type = try row.next()
        }
    }

    /// What an event type asks.
    func list(_ input: EventTypeByName, _ call: Call, in tx: ReadTransaction) throws -> QuestionList {
        let catalog = try self.catalogs.current(in: tx)
        guard let entry = catalog.eventType(named: input.id) else { throw Refusal.notFound("event type") }
        return QuestionList(entry, call, catalog.organization)
    }

    /// Replaces all that an event type asks.
    func replace(_ input: ReplaceQuestions, _ call: Call, in tx: Transaction) throws -> QuestionList {
        let catalog = try self.catalogs.editable(in: tx)
        guard let before = catalog.eventType(input.id) else { throw Refusal.notFound("event type") }
        try call.match(version: before.version)
        try self.store(input, call, in: tx)
        try tx.post(
            """
            UPDATE \(BookingsSchema.eventType)
            SET missing_answers = \(input.missingAnswers), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(input.id)
            """)
        try self.catalogs.touch(in: tx)
        let current = try self.catalogs.unshared(in: tx.reading)
        guard let after = current.eventType(input.id) else { throw Refusal.notFound("event type") }
        var changes = AuditChanges()
        func views(_ entry: EventTypeEntry) -> [QuestionView] {
            entry.form.questions.map { QuestionView($0, languages: [], locale: current.organization.locale) }
        }
        try changes.compare("questions", views(before), views(after))
        try changes.compare("missingAnswers", before.form.missing, after.form.missing)
        try tx.audit(
            "bookings.event-type.questions-changed", object: AuditEntry.Object("event-type", input.id),
            changes: changes)
        return QuestionList(after, call, current.organization)
    }

    private func store(_ input: ReplaceQuestions, _ call: Call, in tx: Transaction) throws {
        let known = try tx.fetchAll(
            """
            SELECT \(Known.columns) FROM \(QuestionSchema.question)
            WHERE organization_id = \(call.organization) AND event_type_id = \(input.id)
            """, as: Known.self)
        let byName = Dictionary(known.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let questions = input.questions.map { $0.question(byName[$0.name.text]?.id ?? tx.id()) }
        var faults = QuestionFaults(of: questions).fields
        for (index, question) in questions.enumerated() {
            guard let earlier = byName[question.name], earlier.type != question.type,
                try self.isAnswered(question.name, of: input.id, call, in: tx)
            else { continue }
            faults.append(
                .init(
                    "/questions/\(index)/type", "question_answered",
                    "this was answered as \(earlier.type.rawValue): leave it, and ask another one under another name"))
        }
        guard faults.isEmpty else {
            throw Refusal(
                .invalid, "invalid_questions", "the questions cannot be stored as they stand", fields: faults)
        }
        // Out of the way first, so that no two are ever in one place.
        try tx.post(
            """
            UPDATE \(QuestionSchema.question)
            SET position = -1 - position, archived_at = coalesce(archived_at, \(tx.now)), version = version + 1
            WHERE organization_id = \(call.organization) AND event_type_id = \(input.id) AND archived_at IS NULL
            """)
        for (position, question) in questions.enumerated() {
            try self.store(question, at: position, of: input.id, call, in: tx)
        }
    }

    /// Stores a question under its name, whether it is new, was there or had been archived.
    private func store(
        _ question: Question, at position: Int, of eventType: ID<EventType>, _ call: Call, in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(QuestionSchema.question) (organization_id, id, event_type_id, name, position, type, label,
                help, is_required, options, conditions, min_length, max_length, minimum, maximum, version, created_at,
                created_by)
            VALUES (\(call.organization), \(question.id), \(eventType), \(question.name), \(position),
                \(question.type), \(question.label), \(question.help), \(question.isRequired),
                \(JSON.array(question.options.map(\.json))), \(JSON.array(question.conditions.map(\.json))),
                \(question.minLength), \(question.maxLength), \(question.minimum), \(question.maximum), \(1),
                \(tx.now), \(call.principal.name))
            ON CONFLICT (organization_id, event_type_id, name) DO UPDATE
            SET position = excluded.position, type = excluded.type, label = excluded.label, help = excluded.help,
                is_required = excluded.is_required, options = excluded.options, conditions = excluded.conditions,
                min_length = excluded.min_length, max_length = excluded.max_length, minimum = excluded.minimum,
                maximum = excluded.maximum, archived_at = NULL
            """)
    }

    /// Whether anybody has answered a question.
    private func isAnswered(
        _ name: String, of eventType: ID<EventType>, _ call: Call, in tx: Transaction
    ) throws -> Bool {
        let asked: JSON = [["name": .string(name)]]
        return try tx.value(
            """
            SELECT count(*) FROM \(QuestionSchema.answers) a
            JOIN \(BookingsSchema.booking) b ON b.organization_id = a.organization_id AND b.id = a.booking_id
            WHERE a.organization_id = \(call.organization) AND b.event_type_id = \(eventType)
                AND \(SQL.contains("a.asked", asked))
            """, as: Int.self) ?? 0 > 0
    }
}
