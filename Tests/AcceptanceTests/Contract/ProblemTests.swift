import AlmanacStorage
import AlmanacTestKit
import Testing

/// What goes wrong is told as a problem (RFC 9457) with the right status.
struct ProblemTests {
    /// A request and what it must be answered with.
    struct Case: Sendable, CustomTestStringConvertible {
        let request: LoopbackRequest
        let status: Int
        let code: String
        var isSignedIn = false

        var testDescription: String { "\(self.request.method) \(self.request.target) → \(self.status) \(self.code)" }
    }

    private static func post(_ target: String, type: String = "application/json", _ body: String) -> LoopbackRequest {
        LoopbackRequest("POST", target, headers: [("Content-Type", type)], body: Array(body.utf8))
    }

    private static let token = "/api/v1/auth/token"

    static let cases: [Case] = [
        Case(request: LoopbackRequest("GET", "/nothing"), status: 404, code: "no_route"),
        Case(request: LoopbackRequest("GET", "/api/v1/bookings/x/y/z"), status: 404, code: "no_route"),
        Case(request: LoopbackRequest("GET", "/%ff"), status: 400, code: "bad_path"),
        Case(request: LoopbackRequest("GET", Self.token), status: 405, code: "method_not_allowed"),
        Case(request: LoopbackRequest("DELETE", "/api/v1/bookings"), status: 405, code: "method_not_allowed"),
        Case(request: Self.post(Self.token, type: "text/plain", "{}"), status: 415, code: "not_json"),
        Case(request: Self.post(Self.token, "{"), status: 400, code: "invalid_json"),
        Case(request: Self.post(Self.token, #"{"email": "a", "email": "b"}"#), status: 400, code: "invalid_json"),
        Case(
            request: Self.post(Self.token, String(repeating: "[", count: 5_000)), status: 400, code: "invalid_json"),
        Case(request: Self.post(Self.token, "{}"), status: 422, code: "invalid_input"),
        Case(
            request: Self.post(Self.token, #"{"email": "a@b.example", "password": "x", "admin": true}"#), status: 422,
            code: "invalid_input"),
        Case(
            request: Self.post(Self.token, #"{"email": "nobody@example.org", "password": "wrong"}"#), status: 401,
            code: "invalid_credentials"),
        Case(request: LoopbackRequest("GET", "/api/v1/bookings"), status: 401, code: "unauthenticated"),
        Case(
            request: LoopbackRequest("GET", "/api/v1/bookings", token: "almanac_wrong"), status: 401,
            code: "unauthenticated"),
        Case(
            request: LoopbackRequest("GET", "/api/v1/bookings/018f0000-0000-7000-8000-000000000000"), status: 404,
            code: "not_found", isSignedIn: true),
        Case(
            request: LoopbackRequest("GET", "/api/v1/bookings?limit=0"), status: 422, code: "invalid_input",
            isSignedIn: true),
        Case(
            request: LoopbackRequest("GET", "/api/v1/bookings?unknown=1"), status: 422, code: "invalid_input",
            isSignedIn: true),
    ]

    @Test
    func areWhatEveryRefusalIs() async throws {
        try await withSchoolServer(.sqlite) { server in
            let token = try await server.token()
            for one in Self.cases {
                var request = one.request
                if one.isSignedIn { request.headers.append(("Authorization", "Bearer \(token)")) }

                let answer = try await server.client.send(request)

                #expect(answer.status == one.status, "\(one.testDescription): \(answer)")
                #expect(try answer.problemCode() == one.code, "\(one.testDescription): \(answer)")
            }
        }
    }

    @Test
    func tellWhichMethodsWork() async throws {
        try await withSchoolServer(.sqlite) { server in
            let answer = try await server.client.get("/api/v1/auth/token")

            #expect(answer.header("allow") == "POST")
        }
    }

    @Test
    func askForASignIn() async throws {
        try await withSchoolServer(.sqlite) { server in
            let answer = try await server.client.get("/api/v1/bookings")

            #expect(answer.header("www-authenticate") == "Bearer")
        }
    }

    @Test
    func forbidWhatARoleMayNotDo() async throws {
        try await withSchoolServer(.sqlite) { server in
            let token = try await server.token()
            let slot = try #require(try await server.slots(token).first)
            let own = try await server.book(slot, token).json()
            let other = try await server.token(of: School.otherCustomer)
            let customer = try #require(own["customer"]?.string ?? own["customer"]?["id"]?.string)

            // A customer books for themselves only.
            let answer = try await server.client.post(
                "/api/v1/bookings", token: other,
                [
                    "eventType": .string(slot.eventType), "provider": .string(slot.provider),
                    "start": .string(try await server.slots(other)[0].start), "customer": .string(customer),
                ])

            #expect(answer.status == 403, "\(answer)")
            #expect(try answer.problemCode() == "forbidden")
        }
    }

    @Test
    func nameTheFieldsThatAreWrong() async throws {
        try await withSchoolServer(.sqlite) { server in
            let token = try await server.token()

            let answer = try await server.client.post("/api/v1/bookings", token: token, ["start": "yesterday"])
            let errors = try #require(try answer.json()["errors"]?.array)

            #expect(answer.status == 422)
            #expect(Set(errors.compactMap { $0["pointer"]?.string }) == ["/eventType", "/start"])
        }
    }
}
