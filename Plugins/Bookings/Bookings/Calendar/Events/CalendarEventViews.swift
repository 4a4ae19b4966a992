internal import AlmanacKernel
internal import AlmanacStorage
public import AlmanacSurface
public import BookingsAPI

extension CalendarEvent.Answer: APIValue {}

/// A calendar event as those see it whom it concerns.
struct CalendarEventView: Codable, Sendable, Versioned {
    /// Somebody whom it concerns.
    struct PersonView: Codable, Sendable {
        let person: ID<Person>
        let name: String
    }

    /// Somebody who takes part.
    struct ParticipantView: Codable, Sendable {
        let person: ID<Person>
        let name: String
        let answer: CalendarEvent.Answer
    }

    /// What the caller may do with it.
    enum Action: String, CaseIterable, Codable, Sendable, APIValue {
        case change, cancel, answer
    }

    let id: ID<CalendarEvent>
    let owner: PersonView
    let title: String
    let description: String?
    let place: String?
    let isAllDay: Bool
    let start: Instant
    let end: Instant
    /// The first and the last date, of what lasts whole dates.
    let startDate: LocalDate?
    let endDate: LocalDate?
    let timeZone: Zone
    let busy: Bool
    let cancelled: Bool
    let participants: [ParticipantView]
    /// Minutes before it.
    let reminders: [Int]
    let version: Int
    let allowed: [Action]

    init(_ row: CalendarEventRow, names: [ID<Person>: String], allowed: [Action]) {
        let (content, span) = (row.content, row.span)
        self.id = row.id
        self.owner = PersonView(person: row.owner, name: names[row.owner] ?? "")
        self.title = content.title
        self.description = content.description
        self.place = content.place
        self.start = span.start
        self.end = span.end
        var dates: (from: LocalDate, to: LocalDate)?
        if case .dates(let from, let to) = content.time { dates = (from, to) }
        self.isAllDay = dates != nil
        self.startDate = dates?.from
        self.endDate = dates?.to
        self.timeZone = content.zone
        self.busy = content.isBusy
        self.cancelled = row.cancelledAt != nil
        self.participants = row.participants.map {
            ParticipantView(person: $0.person, name: names[$0.person] ?? "", answer: $0.answer)
        }
        self.reminders = content.reminders
        self.version = row.version
        self.allowed = allowed
    }
}

/// What calendar events may hold.
enum CalendarEventLimits {
    static let participants = 0...100
    static let reminders = 0...5
    /// Minutes before it.
    static let lead = 0...40_320
    /// The longest event, in days.
    static let days = 366

    static let constraints: [String: Constraint] = [
        "title": .text(1...200), "description": .text(0...4_000), "place": .text(0...500),
        "start": .field("With `end`; or else `startDate` and `endDate`."),
        "end": .field("After the start, at most 366 days."),
        "startDate": .field("The first date, of what lasts whole dates."), "endDate": .field("The last date."),
        "timeZone": .field("In which it is meant; the organization's, when left out."),
        "busy": .field(default: true, "Whether its owner cannot be booked then."),
        "participants": .items(Self.participants, default: [], "Who takes part besides its owner; each once."),
        "reminders": .items(
            Self.reminders, range: Self.lead, default: [], "How many minutes before it people are reminded."),
    ]
}

/// The input of `POST /calendar-events`.
struct CreateCalendarEvent: APIInput {
    let title: String
    let description: String?
    let place: String?
    let start: Instant?
    let end: Instant?
    let startDate: LocalDate?
    let endDate: LocalDate?
    let timeZone: Zone?
    let busy: Bool
    let participants: [ID<Person>]
    let reminders: [Int]

    static let constraints = CalendarEventLimits.constraints

    func content(_ organization: Organization) throws -> CalendarEventRow.Content {
        CalendarEventRow.Content(
            title: self.title, description: self.description, place: self.place,
            time: try .init(self.start, self.end, self.startDate, self.endDate),
            zone: self.timeZone ?? organization.zone, isBusy: self.busy,
            reminders: Set(self.reminders).sorted(by: >))
    }
}

/// The input of `PUT /calendar-events/{id}`: all of it is replaced; who takes part already keeps their answer, unless
/// the time is another.
struct ReplaceCalendarEvent: APIInput {
    let id: ID<CalendarEvent>
    let title: String
    let description: String?
    let place: String?
    let start: Instant?
    let end: Instant?
    let startDate: LocalDate?
    let endDate: LocalDate?
    let timeZone: Zone?
    let busy: Bool
    let participants: [ID<Person>]
    let reminders: [Int]

    static let constraints = CalendarEventLimits.constraints

    func content(_ organization: Organization) throws -> CalendarEventRow.Content {
        CalendarEventRow.Content(
            title: self.title, description: self.description, place: self.place,
            time: try .init(self.start, self.end, self.startDate, self.endDate),
            zone: self.timeZone ?? organization.zone, isBusy: self.busy,
            reminders: Set(self.reminders).sorted(by: >))
    }
}

/// The input of `GET` and `DELETE /calendar-events/{id}`.
struct CalendarEventByID: APIInput {
    let id: ID<CalendarEvent>
}

/// The input of `POST /calendar-events/{id}/answer`.
struct AnswerCalendarEvent: APIInput {
    let id: ID<CalendarEvent>
    let answer: CalendarEvent.Answer
}

/// The input of `GET /calendar-events`.
struct ListCalendarEvents: APIInput {
    let limit: Int
    let after: String?
    let from: LocalDate?
    let to: LocalDate?

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart,
        "from": .field("Only what ends on this date or later, in the organization's zone."),
        "to": .field("Only what begins on this date or earlier, in the organization's zone."),
    ]
}

extension CalendarEventRow.Time {
    /// Reads one of the two ways in which a time is said.
    fileprivate init(_ start: Instant?, _ end: Instant?, _ from: LocalDate?, _ to: LocalDate?) throws {
        switch (start, end, from, to) {
        case (let start?, let end?, nil, nil):
            guard start < end else {
                throw Refusal.invalid("/end", "end_not_after_start", "the end must be after the start")
            }
            guard end.microseconds(since: start) <= Int64(CalendarEventLimits.days) * TimeSpan.day else {
                throw Refusal.invalid("/end", "too_long", "an event lasts at most \(CalendarEventLimits.days) days")
            }
            self = .timed(from: start, to: end)
        case (nil, nil, let from?, let to?):
            guard from <= to else {
                throw Refusal.invalid("/endDate", "end_before_start", "`endDate` is before `startDate`: swap them")
            }
            guard LocalDate.days(from: from, to: to) < CalendarEventLimits.days else {
                throw Refusal.invalid("/endDate", "too_long", "an event lasts at most \(CalendarEventLimits.days) days")
            }
            self = .dates(from: from, to: to)
        default:
            throw Refusal.invalid(
                "/start", "time", "say `start` and `end`, or `startDate` and `endDate` for whole dates, and not both")
        }
    }
}
