import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import BookingsAPI

@testable import Bookings

/// A small business that many clients want the same few hours of: four people, two rooms, and appointments that take
/// one of them, any of them, somebody with a room, or two together with a room.
struct MixedWorld: Sendable {
    /// Something that can be booked.
    struct Offer: Sendable {
        let slug: String
        let minutes: Int64
        /// The position of the provider who is named; nobody is where the product chooses.
        let named: Int?
        /// Of each of these groups one is needed.
        let needs: [[String]]
    }

    let platform: TestPlatform
    let organization: OrganizationID
    let admin: APIClient
    /// Somebody without an account, from an address that may do as much as they like.
    let guest: APIClient
    /// The ids of the four.
    let providers: [String]
    let offers: [Offer]
    /// One customer for each client: bookings of one person wait for each other anyway.
    let customers: [String]
    /// The hours that are wanted.
    let starts: [Instant]

    private static let names = ["ada", "ben", "cem", "dana"]
    private static let rooms = ["Room 1", "Room 2"]
    /// How long a hold lasts.
    static let holdMinutes = 10

    init(_ platform: TestPlatform, clients: Int) async throws {
        self.platform = platform
        self.organization = try platform.organization().id
        self.admin = try await platform.client(as: .admin)
        let settings = APISettings(title: "Load", version: "0", limits: .none)
        self.guest = APIClient(
            try API(platform.runtime, settings: settings, logger: SilentLog.logger),
            headers: [("Almanac-Organization", TestPlace.north.slug)])
        try await Self.importFiles(Self.files, on: platform)
        let listed = try await self.admin.get("/api/v1/providers").expect(200)["items"]?.array ?? []
        self.providers = Self.names.compactMap { name in
            listed.first { $0["name"]?.string?.hasPrefix(name) ?? false }?.id
        }
        guard self.providers.count == 4 else { throw TestKitError("of four people \(self.providers.count) are there") }
        for room in Self.rooms {
            try await self.admin.post("/api/v1/resources", ["kind": "room", "name": .string(room)]).expect(201)
        }
        self.offers = try await Self.makeOffers(self.providers, self.admin)
        var customers: [String] = []
        for number in 0..<clients {
            let input: JSON = ["givenName": "Client", "familyName": .string("\(number)")]
            customers.append(try await self.admin.post("/api/v1/customers", input).expect(201).id)
        }
        self.customers = customers
        // A Tuesday so far ahead that the clock can be set forward often.
        let first = Instant(rfc3339: "2026-04-14T06:00:00Z") ?? platform.clock.now
        self.starts = (0..<6).map { first.adding(minutes: $0 * 60) }
        // A schedule that is new waits for its time.
        try await platform.runtime.scheduler.upkeep()
    }

    private static let files: [String: String] = [
        "providers.csv": "external_id,given_name,family_name,email,phone,time_zone\n"
            + Self.names.map { "\($0),\($0),Host,\($0)@example.com,," }.joined(separator: "\n"),
        "weekly_rules.csv": "provider,weekday,start,end\n"
            + Self.names.map { "\($0),tuesday,06:00,20:00" }.joined(separator: "\n"),
    ]

    /// Imports files as an operator does.
    private static func importFiles(_ files: [String: String], on platform: TestPlatform) async throws {
        guard let found = platform.runtime.platform.graph.contributions(of: DataImport.self).first else {
            throw TestKitError("nothing imports")
        }
        var call = try platform.call(as: nil)
        call.principal = .system("import")
        _ = try await platform.runtime.invoker.run(
            found.item.command, of: .bookings,
            ImportFolder(path: "load", files: files.mapValues { Array($0.utf8) }), as: call)
    }

    private static func makeOffers(_ providers: [String], _ admin: APIClient) async throws -> [Offer] {
        func make(_ slug: String, _ minutes: Int64, _ mode: String, _ hosts: [String], room: Bool) async throws {
            try await admin.post(
                "/api/v1/event-types",
                [
                    "slug": .string(slug), "name": .string(slug), "durationMinutes": .number(JSONNumber(Int(minutes))),
                    "slotIntervalMinutes": 60, "allowsGuests": true, "price": ["amount": 1_000, "currency": "EUR"],
                    "providers": .array(hosts.map { .string($0) }), "hosting": ["mode": .string(mode)],
                    "requirements": room ? [["kind": "room"]] : [],
                ]
            ).expect(201)
        }
        try await make("lesson", 60, "one", providers, room: false)
        try await make("visit", 60, "any", providers, room: false)
        try await make("theory", 120, "one", providers, room: true)
        try await make("exam", 60, "all", Array(providers.prefix(2)), room: true)
        var offers = [
            Offer(slug: "visit", minutes: 60, named: nil, needs: [providers]),
            Offer(slug: "exam", minutes: 60, named: nil, needs: [[providers[0]], [providers[1]], Self.rooms]),
        ]
        for (index, provider) in providers.enumerated() {
            offers.append(Offer(slug: "lesson", minutes: 60, named: index, needs: [[provider]]))
            offers.append(Offer(slug: "theory", minutes: 120, named: index, needs: [[provider], Self.rooms]))
        }
        return offers
    }

    /// Blocks an hour of somebody by import, instead of what the same import blocked before.
    func block(_ name: String, _ provider: Int, at start: Instant) async throws {
        let end = start.adding(minutes: 60)
        try await Self.importFiles(
            [
                "blocked_times.csv":
                    "external_id,provider,start,end\n\(name),\(Self.names[provider]),\(start.rfc3339),\(end.rfc3339)"
            ], on: self.platform)
    }

    /// What is wrong in the tables at this instant.
    func violations() async throws -> [BookingViolation] {
        try await self.platform.database(of: .bookings).read(in: .organization(self.organization)) {
            try BookingInspection(in: $0)
        }.violations()
    }
}
