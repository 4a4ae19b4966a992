import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

/// What the API answers when something inside is broken.
struct FailureTests {
    private static func drop(_ table: String, _ world: SecurityWorld) async throws {
        let name = world.platform.engine == .postgres ? "kernel.\(table)" : "kernel_\(table)"
        try await world.platform.database.run("ALTER TABLE \(name) RENAME TO \(table)_gone")
        // What is remembered of tokens is forgotten after a second.
        world.platform.clock.advance(seconds: 2)
    }

    @Test("v5.0.0-16.5.1 an error of the inside says nothing of the inside", arguments: TestEngine.allCases)
    func anErrorSaysNothingOfTheInside(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let client = world.client()
            try await Self.drop("user_account", world)

            let answer = await client.post(
                "/api/v1/auth/token", ["email": "a@example.org", "password": .string(TestMember.password)])

            #expect([500, 503].contains(answer.status), "\(answer)")
            let text = String(decoding: answer.response.body, as: UTF8.self).lowercased()
            for word in [
                "select", "user_account", "sqlite", "postgres", "relation", "no such table", ".swift", "kernel",
            ] {
                #expect(!text.contains(word), "\(text)")
            }
            #expect(text.contains(answer.response.header("x-request-id") ?? "none"))
        }
    }

    @Test("v5.0.0-16.5.3 who cannot be recognized is not let in", arguments: TestEngine.allCases)
    func whoCannotBeRecognizedIsNotLetIn(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let admin = try await world.client(as: .admin)
            var requests: [MatrixRequest] = []
            for operation in world.description.operations where !operation.isAddressedBySecret {
                requests.append(try await world.request(operation))
            }
            try await Self.drop("session", world)

            for request in requests {
                let answer = await request.send(admin)
                #expect(answer.status >= 400, "\(answer)")
            }
        }
    }

    @Test("v5.0.0-2.3.3 what fails at its last step leaves nothing", arguments: TestEngine.allCases)
    func whatFailsAtItsLastStepLeavesNothing(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let customer = try await world.client(as: .customer)
            let school = try world.school()
            let body: JSON = [
                "eventType": .string(school.lesson), "provider": .string(school.second),
                "start": .string(await school.freeStart()),
            ]
            let before = try await customer.get("/api/v1/bookings").expect(200)
            let name = engine == .postgres ? "kernel.event" : "kernel_event"
            try await world.platform.database.run("ALTER TABLE \(name) RENAME TO event_gone")
            let failed = await customer.post("/api/v1/bookings", body)
            #expect(failed.status == 500, "\(failed)")
            #expect(try await customer.get("/api/v1/bookings").expect(200) == before)

            let gone = engine == .postgres ? "kernel.event_gone" : "event_gone"
            let back = engine == .postgres ? "event" : "kernel_event"
            try await world.platform.database.run("ALTER TABLE \(gone) RENAME TO \(back)")
            try await customer.post("/api/v1/bookings", body).expect(201)
        }
    }
}
