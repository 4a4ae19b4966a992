internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `PUT /bookings/{id}/answers`: all answers are replaced.
struct ReplaceAnswers: APIInput {
    let id: ID<Booking>
    let answers: [String: JSON]

    static let constraints: [String: Constraint] = [
        "answers": .field("By the names of the questions, as GET /event-types/{id}/questions lists them.")
    ]
}

/// What was answered with a booking, as the API shows it.
struct BookingAnswersView: Codable, Sendable, Versioned {
    /// An answer, under the label that the question had when it was given.
    struct Item: Codable, Sendable {
        let name: String
        let type: QuestionType
        let label: String
        /// What was answered; absent when it was asked and not answered.
        let value: JSON?
        /// The labels of what was chosen.
        let chosen: [String]?
    }

    /// What the caller may do with them.
    enum Action: String, Sendable, CaseIterable, Codable, APIValue {
        case change
    }

    let items: [Item]
    /// The names of required questions that are not answered.
    let missing: [String]
    /// Counts changes from 1; 0 when nothing was ever asked.
    let version: Int
    let allowed: [Action]
}

/// Shows and changes what was answered with bookings; each in the caller's transaction.
struct BookingAnswers: Sendable {
    let catalogs: CatalogStore
    let bookings: BookingReader
    let pending: PendingBookings

    /// What was answered with a booking that the caller may see.
    func read(_ input: BookingByID, _ call: Call, in tx: ReadTransaction) throws -> BookingAnswersView {
        try self.view(of: try self.bookings.visible(input.id, in: tx), call, in: tx)
    }

    /// Replaces all answers; the last required one that was missing confirms a booking that waits for nothing else.
    ///
    /// They are put to the questions as they are now. What was answered to questions that are asked no more is kept.
    func replace(_ input: ReplaceAnswers, _ call: Call, in tx: Transaction) throws -> BookingAnswersView {
        var row = try self.bookings.locked(input.id, in: tx)
        try row.require(by: .update, call, in: tx)
        let stored = try AnswersRow.find(row.id, in: tx.reading)
        try call.match(version: stored?.version ?? 0)
        let form = try self.form(of: row, in: tx.reading)
        let isAwaited = try row.status == .pending && self.pending.open(of: row, in: tx).contains(BookingLife.form)
        if isAwaited { try tx.lock(self.pending.locks(of: row, in: tx.reading)) }
        let (fresh, isComplete) = try form.admit(input.answers, leniently: isAwaited)
        let before = stored?.sheet ?? .empty
        let sheet = fresh.keeping(before, besides: form.questions)
        try AnswersRow.store(sheet, with: row.id, call, in: tx)
        let changed = sheet.changes(since: before)
        // The names of questions and no answers: these are personal.
        try tx.audit(
            "bookings.booking.answered", object: row.object,
            detail: ["questions": .array(changed.map(JSON.string))])
        try tx.emit(
            BookingAnswered(
                booking: row.id, eventType: row.eventType, provider: row.provider, customer: row.customer,
                questions: changed))
        if isAwaited, isComplete { try self.pending.satisfy(BookingLife.form, of: &row, call, in: tx) }
        return try self.view(of: row, call, in: tx.reading)
    }

    private func form(of row: BookingRow, in tx: ReadTransaction) throws -> QuestionForm {
        try self.catalogs.current(in: tx).eventType(row.eventType)?.form ?? QuestionForm()
    }

    private func view(of row: BookingRow, _ call: Call, in tx: ReadTransaction) throws -> BookingAnswersView {
        let stored = try AnswersRow.find(row.id, in: tx)
        let sheet = stored?.sheet ?? .empty
        let locale = try self.catalogs.organization(in: tx).locale
        let answers = Dictionary(sheet.answers.members.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let missing = try self.form(of: row, in: tx).examine(answers).missing
        let mayChange =
            ActionRule.update.obstacle(in: row, at: tx.now) == nil
            && tx.allows(ActionRule.update.permission, on: row.ownership)
        return BookingAnswersView(
            items: sheet.asked.map { asked in
                .init(asked, sheet.answers[asked.name], languages: call.languages, locale: locale)
            },
            missing: missing.map { String($0.pointer.dropFirst("/answers/".count)) }, version: stored?.version ?? 0,
            allowed: mayChange ? [.change] : [])
    }
}

extension AnswerSheet {
    /// The names of the questions that were answered otherwise before.
    fileprivate func changes(since before: AnswerSheet) -> [String] {
        let names = (self.answers.members + before.answers.members).map(\.name)
        return Set(names).filter { self.answers[$0] != before.answers[$0] }.sorted()
    }
}

extension BookingAnswersView.Item {
    fileprivate init(_ asked: AnswerSheet.Asked, _ answer: JSON?, languages: [String], locale: String) {
        self.name = asked.name
        self.type = asked.type
        self.label = asked.label.resolved(for: languages, fallback: locale)
        self.value = answer
        guard asked.type.hasOptions, let answer else {
            self.chosen = nil
            return
        }
        let values = answer.array ?? [answer]
        self.chosen = asked.options.filter { values.contains(.string($0.value)) }
            .map { $0.label.resolved(for: languages, fallback: locale) }
    }
}
