internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What was answered to the questions of an event type, and who takes part: checked, to be kept with one or several
/// bookings.
struct BookingForm {
    private let sheet: AnswerSheet
    private let attendees: [AttendeeDraft]
    private let hasQuestions: Bool
    /// Whether nothing is missing that may be given later.
    let isComplete: Bool

    /// Puts answers and attendees to the questions of an event type.
    ///
    /// - Throws: ``Refusal`` that names each answer that cannot be kept, and each attendee.
    init(_ answers: [String: JSON], _ attendees: [AttendeeValue], to form: QuestionForm) throws {
        (self.sheet, self.isComplete) = try form.admit(answers, leniently: form.missing == .pending)
        self.attendees = try AttendeeValue.drafts(attendees, form)
        self.hasQuestions = !form.questions.isEmpty
    }

    /// Keeps it with a booking that has just been stored.
    func store(with booking: ID<Booking>, _ call: Call, in tx: Transaction) throws {
        if self.hasQuestions { try AnswersRow.store(self.sheet, with: booking, call, in: tx) }
        for attendee in self.attendees { _ = try attendee.insert(tx.id(), of: booking, call, in: tx) }
    }
}
