import AlmanacStorage
import AlmanacTestKit
import Testing

struct IdempotencyTests {
    @Test(arguments: TestEngine.allCases)
    func answersARepeatedRequestFromMemory(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token()
            let slot = try #require(try await server.slots(token).first)

            let first = try await Self.book(slot, token, key: "key-1", server)
            let second = try await Self.book(slot, token, key: "key-1", server)

            #expect(first.status == 201, "\(first)")
            #expect(first.header("idempotency-replayed") == nil)
            #expect(second.status == 201, "\(second)")
            #expect(second.header("idempotency-replayed") == "true")
            #expect(second.body == first.body)
            #expect(try await server.bookings(token).count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func refusesOneKeyForTwoThings(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token()
            let slots = try await server.slots(token)

            _ = try await Self.book(slots[0], token, key: "key-1", server)
            let other = try await Self.book(slots[1], token, key: "key-1", server)

            #expect(other.status == 422)
            #expect(try other.problemCode() == "idempotency_key_reused")
            #expect(try await server.bookings(token).count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func makesSimultaneousRepetitionsOne(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token()
            let slot = try #require(try await server.slots(token).first)
            let request = Self.request(slot, token, key: "key-1")

            let answers = try await server.client.simultaneously(Array(repeating: request, count: 20))

            let answered = answers.filter { $0.status == 201 }
            let refused = answers.filter { $0.status != 201 }
            let later = try await server.client.send(request)

            // On PostgreSQL who comes while the first is still at it is told so; SQLite's writer lets them wait.
            #expect(engine == .postgres || refused.isEmpty, "\(answers.map(\.status))")
            #expect(refused.allSatisfy { $0.status == 409 && $0.header("retry-after") == "1" })
            #expect(Set(try refused.map { try $0.problemCode() }).isSubset(of: ["idempotency_key_in_flight"]))
            #expect(Set((answered + [later]).map(\.text)).count == 1)
            #expect(answered.filter { $0.header("idempotency-replayed") == nil }.count == 1)
            #expect(later.header("idempotency-replayed") == "true")
            #expect(try await server.bookings(token).count == 1)
        }
    }

    private static func request(_ slot: SchoolServer.Slot, _ token: String, key: String) -> LoopbackRequest {
        var request = LoopbackRequest("POST", "/api/v1/bookings", token: token, json: slot.booking)
        request.headers.append(("Idempotency-Key", key))
        return request
    }

    private static func book(
        _ slot: SchoolServer.Slot, _ token: String, key: String, _ server: SchoolServer
    ) async throws -> LoopbackResponse {
        try await server.client.send(Self.request(slot, token, key: key))
    }
}
