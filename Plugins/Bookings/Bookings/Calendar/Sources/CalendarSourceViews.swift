internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A calendar source as the API shows it: where it is only as far as its host, for the rest is secret.
struct CalendarSourceView: Codable, Sendable, Versioned {
    /// How a source is doing.
    enum Health: String, Codable, Sendable, CaseIterable, APIValue {
        /// It has not been fetched yet.
        case pending
        /// It was read when it was last tried.
        case ok
        /// It could not be read when it was last tried.
        case failing
    }

    /// Why a source could not be read.
    struct Failure: Codable, Sendable {
        /// Since when.
        let since: Instant
        /// A stable name.
        let code: String
        /// What happened and what to do, for people.
        let detail: String
    }

    let id: ID<CalendarSource>
    let provider: ID<Provider>
    let kind: CalendarSource.Kind
    let host: String
    let whenUnverified: CalendarSource.Policy
    let closesAfterHours: Int
    let health: Health
    /// When it was last tried.
    let lastAttemptAt: Instant?
    /// As of when the imported times are known to be right.
    let lastVerifiedAt: Instant?
    let failure: Failure?
    /// From when on the provider is not offered, unless it is read again before; only where that is the policy.
    let closesAt: Instant?
    /// Events that could not be understood wholly: of what repeats, only the first time is imported.
    let unreadableEvents: Int
    let version: Int

    init(_ source: CalendarSource) {
        self.id = source.id
        self.provider = source.provider
        self.kind = source.kind
        self.host = source.host
        self.whenUnverified = source.failsClosed ? .closed : .open
        self.closesAfterHours = source.closesAfterHours
        self.health = source.failingSince != nil ? .failing : source.verifiedAt == nil ? .pending : .ok
        self.lastAttemptAt = source.attemptedAt
        self.lastVerifiedAt = source.verifiedAt
        self.failure = source.failingSince.map {
            Failure(since: $0, code: source.failure ?? "", detail: source.failureDetail ?? "")
        }
        self.closesAt = source.failsClosed ? source.closesAt : nil
        self.unreadableEvents = source.unreadableEvents
        self.version = source.version
    }
}

/// The input of `GET /calendar-sources`.
struct ListCalendarSources: APIInput {
    let limit: Int
    let after: String?
    let provider: ID<Provider>?

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart, "provider": .field("Only those of this provider."),
    ]
}

/// The input of `GET`, `DELETE /calendar-sources/{id}` and `POST /calendar-sources/{id}/sync`.
struct CalendarSourceByID: APIInput {
    let id: ID<CalendarSource>
}

/// The input of `POST /calendar-sources`.
struct CreateCalendarSource: APIInput {
    let provider: ID<Provider>
    let kind: CalendarSource.Kind
    let address: String
    let username: String?
    let password: String?
    let whenUnverified: CalendarSource.Policy
    let closesAfterHours: Int

    static let constraints: [String: Constraint] = [
        "kind": .field("A file at an address (ics), or a collection of a CalDAV server (caldav)."),
        "address": .text(1...2_000, "With https, http or webcal; never shown again."),
        "username": .text(1...200, "With a password, where the server wants to know who asks."),
        "password": .text(1...1_000, "Never shown again."),
        "whenUnverified": .field(
            default: "open",
            "Whether the provider is offered by what was known last (open) or not at all (closed) once the calendar could "
                + "not be read for closesAfterHours."),
        "closesAfterHours": .integer(1...720, default: 24, "Hours; of use with closed only."),
    ]
}

/// The input of `PATCH /calendar-sources/{id}`.
struct ChangeCalendarSource: APIInput {
    let id: ID<CalendarSource>
    let address: String?
    let username: Patch<String>
    let password: Patch<String>
    let whenUnverified: CalendarSource.Policy?
    let closesAfterHours: Int?

    static let nullMeansAbsent = false
    static let constraints: [String: Constraint] = [
        "address": .text(1...2_000, "With https, http or webcal; another host needs its own password."),
        "username": .text(1...200), "password": .text(1...1_000), "closesAfterHours": .integer(1...720),
    ]
}
