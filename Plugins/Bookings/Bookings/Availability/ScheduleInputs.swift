internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Dates in another zone, on the wire.
struct StayValue: APIInput, Codable, Equatable {
    let from: LocalDate
    let to: LocalDate
    let timeZone: Zone

    static let constraints: [String: Constraint] = [
        "from": .field("The first date there, by the clock of that zone."),
        "to": .field("The last date there, by the clock of that zone."),
        "timeZone": .field("In which the working hours of these dates are meant."),
    ]

    init(_ stay: ZonePlan.Stay) {
        self.from = stay.from
        self.to = stay.to
        self.timeZone = stay.zone
    }
}

/// Dates on which a provider is away, on the wire.
struct AbsenceValue: APIInput, Codable, Equatable {
    let from: LocalDate
    let to: LocalDate
    let standIn: ID<Provider>?
    let reason: String?

    static let constraints: [String: Constraint] = [
        "from": .field("The first date."), "to": .field("The last date."),
        "standIn": .field("Who takes what is asked of the provider meanwhile, as far as they give it."),
        "reason": .text(0...200, "For the staff."),
    ]

    init(_ row: AbsenceRow) {
        self.from = row.absence.from
        self.to = row.absence.to
        self.standIn = row.absence.standIn
        self.reason = row.reason
    }
}

/// The input of `PUT /providers/{id}/limits`: all limits are replaced.
struct ReplaceProviderLimits: APIInput {
    let id: ID<Provider>
    let limits: [BookingLimitValue]

    static let constraints: [String: Constraint] = [
        "limits": .items(0...3, "How much may be booked with the provider, whatever is booked.")
    ]
}

/// The input of `PUT /providers/{id}/holiday-calendars`: all subscriptions are replaced.
struct ReplaceHolidaySubscriptions: APIInput {
    let id: ID<Provider>
    let calendars: [ID<HolidayCalendar>]

    static let constraints: [String: Constraint] = [
        "calendars": .items(0...20, "Whose holidays the provider keeps; date overrides beat them.")
    ]
}

/// The input of `PUT /providers/{id}/stays`: all stays are replaced.
struct ReplaceStays: APIInput {
    let id: ID<Provider>
    let stays: [StayValue]

    static let constraints: [String: Constraint] = [
        "stays": .items(0...200, "When the provider is in another zone; no date may be in two.")
    ]
}

/// The input of `PUT /providers/{id}/absences`: all absences are replaced.
struct ReplaceAbsences: APIInput {
    let id: ID<Provider>
    let absences: [AbsenceValue]

    static let constraints: [String: Constraint] = [
        "absences": .items(0...200, "When the provider is away; no date may be in two. Bookings that are there stay.")
    ]
}
