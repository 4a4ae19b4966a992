internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// What event types ask, and what was answered.
    @ContributionBuilder var questionContributions: Contributions {
        Endpoint.get("/event-types/{id}/questions", self.listQuestions, "Lists what an event type asks.").inProduct()
        Endpoint.put("/event-types/{id}/questions", self.replaceQuestions, "Replaces all that an event type asks.")
            .inProduct()
        Endpoint.get("/bookings/{id}/answers", self.readAnswers, "Shows what was answered with a booking.").forGuests()
            .inProduct()
        Endpoint.put("/bookings/{id}/answers", self.replaceAnswers, "Replaces what was answered with a booking.")
            .forGuests().inProduct()
        Requirement(BookingLife.formName, for: BookingProposal.self) { proposal, _ in proposal.needsForm }
    }

    var listQuestions: Query<EventTypeByName, QuestionList> {
        Query("questions.list", .everyone) { [questions] input, call, tx in try questions.list(input, call, in: tx) }
    }

    var replaceQuestions: Command<ReplaceQuestions, QuestionList> {
        Command("questions.replace", .permission(.manageCatalog)) { [questions] input, call, tx in
            try questions.replace(input, call, in: tx)
        }
    }

    var readAnswers: Query<BookingByID, BookingAnswersView> {
        Query("bookings.answers", .permission(.readBooking)) { [answers] input, call, tx in
            try answers.read(input, call, in: tx)
        }
    }

    var replaceAnswers: Command<ReplaceAnswers, BookingAnswersView> {
        Command("bookings.answer", .permission(.updateBooking)) { [answers] input, call, tx in
            try answers.replace(input, call, in: tx)
        }
    }
}
