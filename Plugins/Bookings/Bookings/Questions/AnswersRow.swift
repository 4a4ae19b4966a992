internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What was answered with a booking, as it is stored.
struct AnswersRow: Record {
    static let columns: Columns = ["answers", "asked", "version"]

    let sheet: AnswerSheet
    let version: Int

    init(row: inout RowReader) throws {
        let answers: JSON = try row.next()
        self.sheet = try AnswerSheet(answers: answers, asked: try row.next())
        self.version = try row.next()
    }

    /// What was answered with a booking; `nil` when nothing was asked.
    static func find(_ booking: ID<Booking>, in tx: ReadTransaction) throws -> AnswersRow? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.fetchOne(
            """
            SELECT \(Self.columns) FROM \(QuestionSchema.answers)
            WHERE organization_id = \(organization) AND booking_id = \(booking)
            """, as: AnswersRow.self)
    }

    /// Stores what was answered, in place of what had been before; the booking is new, or locked.
    static func store(_ sheet: AnswerSheet, with booking: ID<Booking>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            INSERT INTO \(QuestionSchema.answers) AS a (organization_id, booking_id, answers, asked, version,
                changed_at, changed_by)
            VALUES (\(call.organization), \(booking), \(JSON.object(sheet.answers)), \(sheet.askedJSON), \(1),
                \(tx.now), \(call.principal.name))
            ON CONFLICT (organization_id, booking_id) DO UPDATE
            SET answers = excluded.answers, asked = excluded.asked, version = a.version + 1,
                changed_at = excluded.changed_at, changed_by = excluded.changed_by
            """)
    }
}

extension AnswersRow {
    /// The condition that a booking of the table `b` was answered so.
    ///
    /// What a client writes as text may be an option, one of several, a number, or yes and no.
    static func isAnswered(_ question: String, _ answer: String) -> SQL {
        var answers: [JSON] = [.string(answer), .array([.string(answer)])]
        if let number = JSONNumber(spelling: answer) { answers.append(.number(number)) }
        if let truth = Bool(answer) { answers.append(.bool(truth)) }
        let conditions = answers.map { SQL.contains("a.answers", .object([question: $0])) }
        return """
            EXISTS (SELECT 1 FROM \(QuestionSchema.answers) a
                WHERE a.organization_id = b.organization_id AND a.booking_id = b.id
                    AND (\(SQL.joined(conditions, by: " OR "))))
            """
    }
}
