internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// An attendee as they are named when a booking is made.
struct AttendeeValue: APIInput {
    let name: String
    let email: EmailAddress
    let locale: String?
    let timeZone: Zone?
    let answers: [String: JSON]?

    static let constraints = Self.fields

    static let fields: [String: Constraint] = [
        "name": .text(1...200), "email": .field("Unique among those who attend the booking."),
        "locale": .text(2...35, "A BCP 47 tag; the organization's language, when left out."),
        "timeZone": .field("The organization's, when left out."),
        "answers": .field("Their own answers to the questions of the event type; none is required of them."),
    ]

    /// What is to be stored.
    ///
    /// - Parameters:
    ///   - form: What the event type asks.
    ///   - place: Where the attendee stands in the input, as a JSON Pointer.
    ///   - faults: What is wrong is added here.
    /// - Returns: The draft, which counts only where nothing was added.
    func draft(_ form: QuestionForm, at place: String, _ faults: inout [Refusal.Field]) -> AttendeeDraft {
        var tag = self.locale
        if let locale = self.locale {
            tag = try? LocalizedText("-", language: locale).texts.keys.first
            if tag == nil {
                faults.append(.init("\(place)/locale", "locale", "expected a BCP 47 tag, such as de or pt-BR"))
            }
        }
        let outcome = form.examine(self.answers ?? [:], at: "\(place)/answers")
        faults += outcome.faults
        return AttendeeDraft(
            name: self.name, email: self.email, locale: tag, zone: self.timeZone, sheet: outcome.sheet)
    }

    /// What is to be stored of all of them, each of whom comes once.
    static func drafts(_ values: [AttendeeValue], _ form: QuestionForm) throws -> [AttendeeDraft] {
        var faults: [Refusal.Field] = []
        var seen: Set<EmailAddress> = []
        let drafts = values.enumerated().map { index, value in
            if !seen.insert(value.email).inserted {
                faults.append(
                    .init("/attendees/\(index)/email", "duplicate", "each address may come once only"))
            }
            return value.draft(form, at: "/attendees/\(index)", &faults)
        }
        guard faults.isEmpty else { throw Refusal.invalidAttendees(faults) }
        return drafts
    }
}

/// The input of `POST /bookings/{id}/attendees`.
struct AddAttendee: APIInput {
    let id: ID<Booking>
    let name: String
    let email: EmailAddress
    let locale: String?
    let timeZone: Zone?
    let answers: [String: JSON]?

    static let constraints = AttendeeValue.fields

    var value: AttendeeValue {
        AttendeeValue(
            name: self.name, email: self.email, locale: self.locale, timeZone: self.timeZone, answers: self.answers)
    }
}

/// The input of `POST /bookings/{id}/attendees/{attendee}/status`.
struct NoteAttendee: APIInput {
    let id: ID<Booking>
    let attendee: ID<Attendee>
    let status: Attendee.Status

    static let constraints: [String: Constraint] = [
        "status": .field("Whether they come, until the booking begins; whether they came, from then on.")
    ]
}

/// The input of `DELETE /bookings/{id}/attendees/{attendee}`.
struct AttendeeByID: APIInput {
    let id: ID<Booking>
    let attendee: ID<Attendee>
}

/// The input of `GET /bookings/{id}/attendees`.
struct ListAttendees: APIInput {
    let id: ID<Booking>
    let limit: Int
    let after: String?

    static let constraints: [String: Constraint] = ["limit": .pageLength, "after": .pageStart]
}

/// An attendee as the API shows them.
struct AttendeeView: Codable, Sendable, Versioned {
    let id: ID<Attendee>
    let name: String
    /// Absent once the attendee was erased.
    let email: String?
    let locale: String?
    let timeZone: Zone?
    let status: Attendee.Status
    /// By the names of the questions.
    let answers: JSON
    let version: Int

    init(_ attendee: Attendee) {
        self.id = attendee.id
        self.name = attendee.name
        self.email = attendee.email
        self.locale = attendee.locale
        self.timeZone = attendee.zone
        self.status = attendee.status
        self.answers = .object(attendee.sheet.answers)
        self.version = attendee.version
    }
}

extension Refusal {
    static func invalidAttendees(_ fields: [Field]) -> Refusal {
        Refusal(.invalid, "invalid_attendees", "those who attend cannot be stored as they stand", fields: fields)
    }

    static let attendeeKnown = Refusal(
        .conflict, "attendee_exists", "somebody with this address attends this booking already",
        fields: [.init("/email", "duplicate", "somebody with this address attends this booking already")])
}
