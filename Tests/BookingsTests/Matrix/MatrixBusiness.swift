import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI

@testable import Bookings

/// An organization of its own for one row, on a platform that many share: two hosts who work from midnight to six each
/// day, and one event type that is as the row says.
struct MatrixBusiness: Sendable {
    let platform: TestPlatform
    /// The organization's slug.
    let slug: String
    let organization: OrganizationID
    let row: MatrixRow
    let anonymous: APIClient
    let admin: APIClient
    let customer: APIClient
    let otherCustomer: APIClient
    let hosts: [String]
    /// For whom staff book.
    let guestOfStaff: String
    private let isPostgres: Bool

    /// The slug of the event type.
    static let visit = "visit"

    init(_ row: MatrixRow, named slug: String, on platform: TestPlatform, _ client: APIClient) async throws {
        self.platform = platform
        self.slug = slug
        self.row = row
        self.isPostgres = platform.engine == .postgres
        let organization = try await platform.runtime.organizations.establish(
            slug: slug, name: "Matrix", zone: Zone("Europe/Berlin"), locale: "de", currency: "EUR")
        self.organization = organization.id
        // Addresses and minutes of its own: how often one signs in is limited.
        func address(_ member: TestMember) -> String { "\(member.rawValue)@\(slug).example" }
        platform.clock.advance(minutes: 10)
        for member in [TestMember.admin, .customer, .otherCustomer] {
            _ = try await platform.runtime.identity.createUser(
                email: EmailAddress(address(member)), password: TestMember.password, role: member.role,
                in: organization.id, actor: .system("matrix"), origin: Origin(.test))
        }
        var anonymous = client
        anonymous.headers = [("Almanac-Organization", slug)]
        self.anonymous = anonymous
        self.admin = try await anonymous.signedIn(address(.admin))
        self.customer = try await anonymous.signedIn(address(.customer))
        self.otherCustomer = try await anonymous.signedIn(address(.otherCustomer))
        self.hosts = try await Self.makeHosts(row, self.admin)
        try await Self.makeResources(row, self.admin)
        try await Self.makeEventType(row, hosts: self.hosts, self.admin)
        self.guestOfStaff = try await self.admin.post(
            "/api/v1/customers", ["givenName": "Vera", "familyName": "Sommer"]
        ).expect(201).id
    }

    private static func makeHosts(_ row: MatrixRow, _ admin: APIClient) async throws -> [String] {
        var hosts: [String] = []
        for name in ["Ada", "Ben"] {
            let id = try await admin.post("/api/v1/providers", ["givenName": .string(name), "familyName": "Host"])
                .expect(201).id
            let rules = (1...7).map { weekday -> JSON in
                ["weekday": .number(JSONNumber(weekday)), "start": "00:00", "end": "06:00"]
            }
            try await Self.put("providers/\(id)/weekly-rules", ["rules": .array(rules)], admin)
            if row.limits == .provider {
                try await Self.put(
                    "providers/\(id)/limits", ["limits": [["period": "week", "minutes": 120]]], admin)
            }
            hosts.append(id)
        }
        return hosts
    }

    private static func put(_ path: String, _ json: JSON, _ admin: APIClient) async throws {
        try await admin.send("PUT", "/api/v1/\(path)", json: json, headers: [("If-Match", "*")]).expect(200)
    }

    /// Enough for as many bookings at a time as the row says, and something that will not do.
    private static func makeResources(_ row: MatrixRow, _ admin: APIClient) async throws {
        func make(_ kind: String, _ name: String, _ attributes: JSON = []) async throws {
            try await admin.post(
                "/api/v1/resources", ["kind": .string(kind), "name": .string(name), "attributes": attributes]
            ).expect(201)
        }
        guard row.resources != .none else { return }
        try await make("room", "Room 1")
        guard row.resources == .roomAndVehicle else { return }
        try await make("room", "Room 2")
        let automatic: JSON = [["name": "gearbox", "value": "automatic"]]
        try await make("vehicle", "Car 1", automatic)
        try await make("vehicle", "Car 2", automatic)
        try await make("vehicle", "Car 3", [["name": "gearbox", "value": "manual"]])
    }

    private static func makeEventType(_ row: MatrixRow, hosts: [String], _ admin: APIClient) async throws {
        var type: JSONObject = [
            "slug": .string(Self.visit), "name": "Visit", "durationMinutes": 60, "bookingWindowDays": 300,
            "price": ["amount": .number(JSONNumber(MatrixRow.seatPrice)), "currency": "EUR"],
            "capacity": .number(JSONNumber(row.group.capacity)),
            "hosting": ["mode": .string(row.hosts.rawValue)], "providers": .array(hosts.map { .string($0) }),
            "requiresApproval": .bool(row.approval == .required), "allowsGuests": .bool(row.booker == .guest),
        ]
        if row.buffers == .around {
            type["bufferBeforeMinutes"] = 15
            type["bufferAfterMinutes"] = 15
        }
        if row.limits == .eventType { type["limits"] = [["period": "day", "bookings": 2]] }
        switch row.resources {
        case .none: break
        case .room: type["requirements"] = [["kind": "room"]]
        case .roomAndVehicle:
            type["requirements"] = [
                ["kind": "room"], ["kind": "vehicle", "allOf": [["name": "gearbox", "value": "automatic"]]],
            ]
        }
        var moving: JSONObject = ["tiers": row.fee.tiers.moving]
        if row.move == .once { moving["most"] = 1 }
        type["policies"] = ["cancellation": ["tiers": row.fee.tiers.cancelling], "rescheduling": .object(moving)]
        try await admin.post("/api/v1/event-types", .object(type)).expect(201)
    }

    /// Whoever makes the booking that is followed.
    var booker: APIClient {
        switch self.row.booker {
        case .account: self.customer
        case .staff: self.admin
        case .guest: self.anonymous
        }
    }

    /// A guest who shows a token.
    func guest(showing token: String) -> APIClient {
        var guest = self.anonymous
        guest.headers.append(("Authorization", "Booking-Token \(token)"))
        return guest
    }

    // MARK: Looking

    /// What is offered on a date: for each start who is free.
    func offered(on date: String) async throws -> [(start: String, providers: [String])] {
        let path = "/api/v1/slots?eventType=\(Self.visit)&from=\(date)&to=\(date)"
        return try await self.anonymous.get(path).expect(200)["items"]?.array?.map { item in
            (item["start"]?.string ?? "", item["providers"]?.array?.compactMap(\.string) ?? [])
        } ?? []
    }

    /// Whether the explanation of a start says that it is offered with a host.
    func explained(_ start: String, with host: String) async throws -> Bool {
        let path = "/api/v1/slots/explain?eventType=\(Self.visit)&provider=\(host)&at=\(start)"
        return try await self.admin.get(path).expect(200)["offered"]?.bool ?? false
    }

    /// What is wrong in the tables, the events included.
    func violations() async throws -> [BookingViolation] {
        let inspection = try await self.platform.database(of: .bookings).read(in: .organization(self.organization)) {
            try BookingInspection(in: $0)
        }
        let rows = try await self.platform.database.rows(
            "SELECT ordering_key, name FROM {kernel.event} WHERE name LIKE 'bookings.booking-%' ORDER BY id")
        var events: [String: [String]] = [:]
        for row in rows {
            guard row.count == 2, let booking = row[0], let name = row[1] else { continue }
            events[booking, default: []].append(name)
        }
        return inspection.violations(events: events)
    }

    /// Changes rows past every guard; a table stands in it as `{room.table}`.
    func tamper(_ statement: String) async throws {
        let parts = statement.split(separator: "{", omittingEmptySubsequences: false)
        let text = parts.enumerated().map { index, part in
            guard index > 0, let end = part.firstIndex(of: "}") else { return String(part) }
            let name = part[..<end].map { $0 == "." && !self.isPostgres ? "_" : $0 }
            return String(name) + part[part.index(after: end)...]
        }
        try await self.platform.database.run(text.joined())
    }
}
