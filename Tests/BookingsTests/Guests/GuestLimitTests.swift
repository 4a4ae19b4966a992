import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

/// How often people without an account may do what fills mailboxes and calendars.
struct GuestLimitTests {
    /// Something that anybody may do, and a request of it that names an address where it takes one.
    private struct Route: Sendable {
        let path: String
        let names: Bool
        let input: JSON

        init(_ path: String, names: Bool, _ input: JSON) {
            self.path = path
            self.names = names
            self.input = input
        }

        func input(_ email: String) -> JSON { self.names ? self.input.with("email", .string(email)) : self.input }
    }

    private static let two = RateLimit(requests: 2, seconds: 3_600)
    /// The address from which the in-memory client calls.
    private static let peer = "192.0.2.1"

    private static var routes: [Route] {
        let slot: JSON = ["eventType": "lesson", "start": .string(School.tuesday(9))]
        let guest: JSON = ["givenName": "Greta", "familyName": "Gast"]
        func joined(_ one: JSON, _ other: JSON) -> JSON {
            (other.object?.members ?? []).reduce(one) { $0.with($1.name, $1.value) }
        }
        let series = School.tuesdays(2)
        return [
            Route("guest-holds", names: false, slot),
            Route("guest-booking-series/holds", names: false, series),
            Route("guest-bookings", names: true, joined(slot, guest)),
            Route("guest-booking-series", names: true, joined(series, guest)),
            Route("guest-waitlist", names: true, joined(["eventType": "lesson"], guest)),
            Route("guest-access", names: true, ["number": "B-00000-00000"]),
        ]
    }

    /// Runs `body` with a client of a school's platform with limits, which trusts these proxies.
    private static func withLimits(
        _ engine: TestEngine, _ rules: RateLimits.Rules, trusting proxies: [String],
        _ body: (School, APIClient) async throws -> Void
    ) async throws {
        let trusted = try proxies.map { try NetworkBlock($0) }
        try await withSchool(engine, lesson: School.openFarAhead) { school in
            let api = try API(
                school.platform.runtime,
                settings: APISettings(
                    title: "Test", version: "0", limits: RateLimits([.reset: rules]), trustedProxies: trusted),
                logger: SilentLog.logger)
            try await body(school, APIClient(api, headers: [("Almanac-Organization", "north")]))
        }
    }

    private static func send(
        _ route: Route, _ email: String = "gast@example.org", from addresses: String, as client: APIClient
    ) async -> APIAnswer {
        await client.send(
            "POST", "/api/v1/\(route.path)", json: route.input(email), headers: [("X-Forwarded-For", addresses)])
    }

    /// How much stands in tables that whoever is refused must not fill.
    private static func rows(_ school: School) async throws -> [[String?]] {
        try await school.platform.database.rows(
            """
            SELECT (SELECT count(*) FROM {bookings.hold}), (SELECT count(*) FROM {bookings.booking}),
                (SELECT count(*) FROM {bookings.waitlist_entry}),
                (SELECT count(*) FROM {kernel.person} WHERE given_name = 'Greta')
            """)
    }

    /// Behind a proxy the address is what the proxy says, and not what stood before it in the header.
    @Test(arguments: TestEngine.allCases)
    func eachAddressMayDoSoMuch(_ engine: TestEngine) async throws {
        try await Self.withLimits(engine, .init(perAddress: Self.two), trusting: [Self.peer]) { school, client in
            for (index, route) in Self.routes.enumerated() {
                let address = "203.0.113.\(index)"
                for _ in 0..<2 {
                    let answer = await Self.send(route, from: address, as: client)
                    #expect(answer.status < 500 && answer.status != 429, "\(answer)")
                }
                let before = try await Self.rows(school)
                for forged in ["", "198.51.100.1, ", "198.51.100.2, 198.51.100.3, "] {
                    let refused = await Self.send(route, "\(index)@example.org", from: forged + address, as: client)
                    try refused.expect(429, code: "rate_limited")
                }
                #expect(try await Self.rows(school) == before)
                // Others are not to blame.
                let other = await Self.send(route, from: "198.51.100.\(index)", as: client)
                #expect(other.status != 429, "\(other)")
            }
        }
    }

    /// Where nobody is trusted the header says nothing, and all that one address does counts together.
    @Test(arguments: TestEngine.allCases)
    func aForgedHeaderIsNoOtherAddress(_ engine: TestEngine) async throws {
        try await Self.withLimits(engine, .init(perAddress: Self.two), trusting: []) { _, client in
            let first = try #require(Self.routes.first)
            for index in 0..<2 {
                let answer = await Self.send(first, from: "198.51.100.\(index)", as: client)
                #expect(answer.status != 429)
            }
            for (index, route) in Self.routes.enumerated() {
                let refused = await Self.send(route, "\(index)@example.org", from: "203.0.113.\(index)", as: client)
                try refused.expect(429, code: "rate_limited")
            }
        }
    }

    /// Nobody's mailbox is filled from many addresses, in whatever letters it is written.
    @Test(arguments: TestEngine.allCases)
    func eachMailboxIsWrittenToSoOften(_ engine: TestEngine) async throws {
        try await Self.withLimits(engine, .init(perIdentifier: Self.two), trusting: [Self.peer]) { school, client in
            for (index, route) in Self.routes.enumerated() where route.names {
                let email = "gast\(index)@example.org"
                for number in 0..<2 {
                    let answer = await Self.send(route, email, from: "203.0.113.\(number)", as: client)
                    #expect(answer.status < 500 && answer.status != 429, "\(answer)")
                }
                let before = try await Self.rows(school)
                try await Self.send(route, email.uppercased(), from: "203.0.113.9", as: client)
                    .expect(429, code: "rate_limited")
                #expect(try await Self.rows(school) == before)
                #expect(await Self.send(route, "x" + email, from: "203.0.113.9", as: client).status != 429)
            }
        }
    }
}
