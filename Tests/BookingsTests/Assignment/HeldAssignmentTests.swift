import AlmanacStorage
import AlmanacTestKit
import Testing

/// What holds, limits and explanations make of bookings that take more than one provider's time.
struct HeldAssignmentTests {
    private func hold(_ eventType: String, _ more: JSON = [:], in school: School) async -> APIAnswer {
        var input: JSONObject = ["eventType": .string(eventType), "start": .string(School.tuesday(9))]
        for member in more.object?.members ?? [] { input[member.name] = member.value }
        return await school.customer.post("/api/v1/holds", .object(input))
    }

    private func book(_ eventType: String, with hold: String, seats: Int = 1, in school: School) async -> APIAnswer {
        await school.customer.post(
            "/api/v1/bookings",
            [
                "eventType": .string(eventType), "start": .string(School.tuesday(9)), "hold": .string(hold),
                "seats": .number(JSONNumber(seats)),
            ])
    }

    @Test(arguments: TestEngine.allCases)
    func aHoldKeepsEverybodyAndEverything(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await school.makeResource("room", "Saal")
            try await school.makeEventType(
                "exam", ["hosting": ["mode": "all"], "requirements": [["kind": "room"]]])
            try await school.makeEventType("theory", ["requirements": [["kind": "room"]]])
            let held = try await self.hold("exam", in: school).expect(201)

            for provider in [school.first, school.second] {
                try await school.book(School.tuesday(9), with: provider, as: school.otherCustomer)
                    .expect(409, code: "slot_taken")
            }
            #expect(try await !school.offered("theory").contains(School.tuesday(9)))
            let booking = try await self.book("exam", with: held.id, in: school).expect(201)

            #expect(booking.hostIDs == [school.first, school.second])
            #expect(booking.resourceNames == ["Saal"])
            let claims = try await school.platform.database.rows(
                "SELECT state, count(*) FROM {bookings.claim} GROUP BY state")
            #expect(claims == [["confirmed", "3"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHoldKeepsSeats(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEventType("course", ["capacity": 3, "providers": [.string(school.first)]])
            let held = try await self.hold("course", ["seats": 2], in: school).expect(201)
            let two: JSON = ["eventType": "course", "start": .string(School.tuesday(9)), "seats": 2]
            try await school.otherCustomer.post("/api/v1/bookings", two).expect(409, code: "slot_taken")
            try await school.book("course", at: School.tuesday(9), as: school.otherCustomer).expect(201)

            let other = await self.book("course", with: held.id, seats: 1, in: school)
            let booking = try await self.book("course", with: held.id, seats: 2, in: school).expect(201)

            #expect(other.fieldErrors == ["/seats hold_mismatch"])
            #expect(booking["seats"]?.int == 2)
            #expect(booking["price"]?["amount"]?.int == 13_000)
            try await school.book("course", at: School.tuesday(9)).expect(409, code: "slot_taken")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theExplanationAgreesWithTheList(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await school.makeResource("room", "Saal")
            try await school.makeEventType("theory", ["requirements": [["kind": "room"]]])
            try await school.makeEventType("exam", ["hosting": ["mode": "all"]])
            try await school.makeEventType("course", ["capacity": 3, "requirements": [["kind": "room"]]])
            try await school.book("course", at: School.tuesday(9), with: school.first).expect(201)
            for slug in ["theory", "exam", "course", "lesson"] {
                for hour in [9, 10] {
                    let start = School.tuesday(hour)
                    let path = "/api/v1/slots?eventType=\(slug)&from=2026-03-03&to=2026-03-03"
                    let items = try await school.anonymous.get(path).expect(200)["items"]?.array ?? []
                    let item = items.first { $0["start"]?.string == start }
                    for provider in [school.first, school.second] {
                        let explained = try await school.admin.get(
                            "/api/v1/slots/explain?eventType=\(slug)&provider=\(provider)&at=\(start)"
                        ).expect(200)
                        let listed = item?["providers"]?.array?.contains(.string(provider)) ?? false
                        #expect(explained["offered"]?.bool == listed, "\(slug) \(hour)")
                    }
                }
            }
        }
    }
}
