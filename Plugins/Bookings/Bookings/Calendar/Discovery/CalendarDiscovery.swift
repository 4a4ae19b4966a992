internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A search for the calendars that somebody has on a server, kept for an hour so that they can choose among them.
struct CalendarDiscovery: Sendable {
    /// How far a search is.
    enum State: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
        /// The server is about to be asked.
        case searching
        /// The server has told which calendars there are.
        case found
        /// The server could not be asked, or has none.
        case failed
    }

    /// What is not for everybody's eyes: who asks, and what is where; kept sealed.
    struct Secrets: Sendable, Equatable {
        var address: String
        var username: String
        var password: String
        var calendars: [CalendarSearch.Found] = []
    }

    let id: ID<CalendarDiscovery>
    let provider: ID<Provider>
    let host: String
    let secrets: [UInt8]?
    let state: State
    let failure: String?
    let failureDetail: String?
    let expiresAt: Instant
    let person: ID<Person>

    /// For how many minutes it is kept.
    static let minutes: Int64 = 60
}

extension CalendarDiscovery: Record {
    static let columns: Columns = [
        "d.id", "d.provider_id", "d.host", "d.secrets", "d.state", "d.failure", "d.failure_detail", "d.expires_at",
        "p.person_id",
    ]

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.provider = try row.next()
        self.host = try row.next()
        self.secrets = try row.nextIfPresent()
        self.state = try row.next()
        self.failure = try row.nextIfPresent()
        self.failureDetail = try row.nextIfPresent()
        self.expiresAt = try row.next()
        self.person = try row.next()
    }

    /// The search with this id, or `nil` when there is none or its time is over.
    static func find(_ id: ID<CalendarDiscovery>, in tx: ReadTransaction) throws -> CalendarDiscovery? {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        return try tx.fetchOne(
            """
            SELECT \(Self.columns) FROM \(CalendarSchema.discovery) d
            JOIN \(BookingsSchema.provider) p ON p.organization_id = d.organization_id AND p.id = d.provider_id
                AND p.archived_at IS NULL
            WHERE d.organization_id = \(organization) AND d.id = \(id) AND d.expires_at > \(tx.now)
            """, as: CalendarDiscovery.self)
    }
}

extension CalendarDiscovery.Secrets {
    /// The form in which they are sealed.
    var json: JSON {
        [
            "address": .string(self.address), "username": .string(self.username), "password": .string(self.password),
            "calendars": .array(
                self.calendars.map { ["address": .string($0.address), "name": .string($0.name)] }),
        ]
    }

    init?(_ json: JSON) {
        guard let address = json["address"]?.string, let username = json["username"]?.string,
            let password = json["password"]?.string
        else { return nil }
        self.init(address: address, username: username, password: password)
        self.calendars = (json["calendars"]?.array ?? []).compactMap { calendar in
            guard let address = calendar["address"]?.string, let name = calendar["name"]?.string else { return nil }
            return CalendarSearch.Found(address: address, name: name)
        }
    }
}

/// A search as the API shows it.
struct CalendarDiscoveryView: Codable, Sendable {
    /// A calendar that was found.
    struct Calendar: Codable, Sendable {
        /// What it is chosen by.
        let number: Int
        /// What its owner calls it.
        let name: String
    }

    let id: ID<CalendarDiscovery>
    let provider: ID<Provider>
    let host: String
    let state: CalendarDiscovery.State
    let calendars: [Calendar]
    let failure: CalendarDiscoveryFailure?
    /// When it is forgotten, and the password with it.
    let expiresAt: Instant

    init(_ discovery: CalendarDiscovery, _ secrets: CalendarDiscovery.Secrets?) {
        self.id = discovery.id
        self.provider = discovery.provider
        self.host = discovery.host
        self.state = discovery.state
        self.calendars = (secrets?.calendars ?? []).enumerated().map { Calendar(number: $0, name: $1.name) }
        self.failure = discovery.failure.map {
            CalendarDiscoveryFailure(code: $0, detail: discovery.failureDetail ?? "")
        }
        self.expiresAt = discovery.expiresAt
    }
}

/// Why no calendars were found.
struct CalendarDiscoveryFailure: Codable, Sendable {
    /// A stable name.
    let code: String
    /// What happened and what to do, for people.
    let detail: String
}

/// The input of `POST /calendar-discoveries`.
struct CreateCalendarDiscovery: APIInput {
    let provider: ID<Provider>
    let address: String
    let username: String
    let password: String

    static let constraints: [String: Constraint] = [
        "provider": .field("Whose calendars they are."),
        "address": .text(1...2_000, "The server: a host, its address, or a mail address of its domain."),
        "username": .text(1...200), "password": .text(1...1_000, "Never shown again; forgotten after an hour."),
    ]
}

/// The input of `GET` and `DELETE /calendar-discoveries/{id}`.
struct CalendarDiscoveryByID: APIInput {
    let id: ID<CalendarDiscovery>
}

/// The input of `POST /calendar-discoveries/{id}/sources`.
struct ChooseCalendar: APIInput {
    let id: ID<CalendarDiscovery>
    let calendar: Int
    let whenUnverified: CalendarSource.Policy
    let closesAfterHours: Int

    static let constraints: [String: Constraint] = [
        "calendar": .integer(0...(CalendarSearch.mostCalendars - 1), "The number of one that was found."),
        "whenUnverified": .field(
            default: "open",
            "Whether the provider is offered by what was known last (open) or not at all (closed) once the calendar could "
                + "not be read for closesAfterHours."),
        "closesAfterHours": .integer(1...720, default: 24, "Hours; of use with closed only."),
    ]
}
