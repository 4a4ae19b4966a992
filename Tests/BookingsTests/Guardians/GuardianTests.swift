import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// Parents who book for children, assistants who book for patients.
struct GuardianTests {
    /// The other customer acts for the customer, who has booked once.
    private static func withWard(
        _ engine: TestEngine, _ body: (School, _ ward: String, _ booking: String) async throws -> Void
    ) async throws {
        try await withSchool(engine) { school in
            let booked = try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await body(school, booked["customer"]?.id ?? "", booked.id)
        }
    }

    private static func name(
        _ member: TestMember, for ward: String, as client: APIClient, in school: School
    ) async throws
        -> APIAnswer
    {
        let person = try school.platform.person(member).description
        return await client.post(
            "/api/v1/customers/\(ward)/guardians", ["person": .string(person), "relation": "parent"])
    }

    @Test(arguments: TestEngine.allCases)
    func aGuardianActsAsTheWardWould(_ engine: TestEngine) async throws {
        try await Self.withWard(engine) { school, ward, booking in
            let guardian = school.otherCustomer
            try await guardian.get("/api/v1/bookings/\(booking)").expect(404)
            let named = try await Self.name(.otherCustomer, for: ward, as: school.customer, in: school).expect(201)
            #expect(named["grantedBy"]?.string == "customer")

            let shown = try await guardian.get("/api/v1/bookings/\(booking)").expect(200)
            #expect(shown["allowed"] == ["cancel", "reschedule"])
            let listed = try await guardian.get("/api/v1/bookings").expect(200)
            #expect(listed["items"]?.array?.map(\.id) == [booking])
            let wards = try await guardian.get("/api/v1/me/wards").expect(200)
            #expect(wards["items"]?.array?.compactMap { $0["customer"]?.string } == [ward])
            try await guardian.get("/api/v1/customers/\(ward)").expect(200)
            try await guardian.post(
                "/api/v1/bookings/\(booking)/reschedule", ["start": .string(School.tuesday(11))]
            ).expect(200)
            let made = try await school.book(School.tuesday(13), for: ward, as: guardian).expect(201)
            #expect(made["customer"]?.id == ward)
            let hold = try await guardian.post(
                "/api/v1/holds",
                ["eventType": "lesson", "start": .string(School.tuesday(15)), "customer": .string(ward)]
            ).expect(201).id
            try await guardian.post(
                "/api/v1/bookings",
                [
                    "eventType": "lesson", "start": .string(School.tuesday(15)), "customer": .string(ward),
                    "hold": .string(hold),
                ]
            ).expect(201)
            try await guardian.post("/api/v1/bookings/\(booking)/cancel", [:]).expect(200)

            #expect(
                try await school.changes(of: booking) == ["rescheduled by customer", "cancelled by customer"])
            #expect(try await school.customer.get("/api/v1/bookings").expect(200)["items"]?.array?.count == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nothingElseOfTheWardIsTheirsAndNothingTheOtherWayRound(_ engine: TestEngine) async throws {
        try await Self.withWard(engine) { school, ward, booking in
            let own = try await school.book(School.tuesday(14), as: school.otherCustomer).expect(201)
            try await Self.name(.otherCustomer, for: ward, as: school.admin, in: school).expect(201)

            // What the ward may not do with the booking the guardian may not.
            for action in ["approve", "start", "complete", "no-show"] {
                try await school.act(action, on: booking, as: school.otherCustomer).expect(403)
            }
            try await school.customer.get("/api/v1/bookings/\(own.id)").expect(404)
            let forGuardian = await school.book(
                School.tuesday(16), for: own["customer"]?.id ?? "", as: school.customer)
            try forGuardian.expect(403)
            // Who acts for somebody lets nobody else act for them.
            try await Self.name(.provider, for: ward, as: school.otherCustomer, in: school).expect(404)
            try await Self.name(.customer, for: own["customer"]?.id ?? "", as: school.customer, in: school).expect(404)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func itEndsWhenOneOfThemSaysSo(_ engine: TestEngine) async throws {
        try await Self.withWard(engine) { school, ward, booking in
            for revoker in [school.customer, school.otherCustomer, school.admin] {
                let named = try await Self.name(.otherCustomer, for: ward, as: school.customer, in: school).expect(201)
                let again = try await Self.name(.otherCustomer, for: ward, as: school.admin, in: school)
                try again.expect(409, code: "guardian_exists")
                try await school.otherCustomer.get("/api/v1/bookings/\(booking)").expect(200)

                try await revoker.delete("/api/v1/customers/\(ward)/guardians/\(named.id)", version: 1).expect(200)
                try await school.otherCustomer.get("/api/v1/bookings/\(booking)").expect(404)
                try await school.book(School.tuesday(13), for: ward, as: school.otherCustomer).expect(403)
                try await revoker.delete("/api/v1/customers/\(ward)/guardians/\(named.id)", version: 2).expect(404)
            }
            let actions = try await school.platform.database.rows(
                "SELECT action FROM {kernel.audit_entry} WHERE action LIKE 'bookings.guardian.%' ORDER BY id")
            #expect(actions.count == 6 && actions.first == ["bookings.guardian.granted"])
            let listed = try await school.customer.get("/api/v1/customers/\(ward)/guardians").expect(200)
            #expect(listed["items"] == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nobodyIsTheirOwnGuardianNorAStranger(_ engine: TestEngine) async throws {
        try await Self.withWard(engine) { school, ward, _ in
            let own = try await Self.name(.customer, for: ward, as: school.customer, in: school)
            #expect(own.fieldErrors == ["/person same_person"])
            let stranger = await school.customer.post(
                "/api/v1/customers/\(ward)/guardians",
                ["person": "00000000-0000-7000-8000-000000000000", "relation": "parent"])
            #expect(stranger.fieldErrors == ["/person unknown_person"])
            let elsewhere = try school.platform.person(.otherCustomer, in: .south).description
            let foreign = await school.customer.post(
                "/api/v1/customers/\(ward)/guardians", ["person": .string(elsewhere), "relation": "parent"])
            #expect(foreign.fieldErrors == ["/person unknown_person"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsErasedActsForNobody(_ engine: TestEngine) async throws {
        try await Self.withWard(engine) { school, ward, _ in
            try await Self.name(.otherCustomer, for: ward, as: school.customer, in: school).expect(201)

            _ = try await school.erase(.otherCustomer)

            #expect(try await school.platform.database.rows("SELECT count(*) FROM {bookings.guardian}") == [["0"]])
        }
    }
}
