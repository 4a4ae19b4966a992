import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

/// Who acts for a customer is told as they are.
struct GuardianMessageTests {
    /// Lets the other customer act for the customer, who has booked.
    private func name(_ practice: Practice, ward: String) async throws -> String {
        let person = try practice.platform.person(.otherCustomer, in: practice.place).description
        return try await practice.client(as: .customer).post(
            "/api/v1/customers/\(ward)/guardians", ["person": .string(person), "relation": "parent"]
        ).expect(201).id
    }

    private func ward(_ practice: Practice, of booking: String) async throws -> JSON {
        try await practice.client(as: .customer).get("/api/v1/bookings/\(booking)").expect(200)["customer"] ?? .null
    }

    @Test(arguments: TestEngine.allCases)
    func aGuardianIsToldForWhomItIs(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            let ward = try await self.ward(practice, of: booking)
            _ = try await self.name(practice, ward: ward.id)

            try await practice.deliver()
            try await practice.pass(minutes: 3)

            let name = ward["name"]?.string ?? ""
            #expect(
                practice.subjects(to: TestMember.otherCustomer.email)
                    == ["Bestätigt: Fahrstunde (\(name)), Dienstag, 3. März 2026 um 10:00"])
            #expect(practice.subjects() == ["Bestätigt: Fahrstunde, Dienstag, 3. März 2026 um 10:00"])
            try await practice.move(booking, to: try practice.march(4, 10))
            try await practice.deliver()
            try await practice.pass(minutes: 3)
            #expect(practice.subjects(to: TestMember.otherCustomer.email).count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoActsForThemNoMoreIsToldNothing(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            let ward = try await self.ward(practice, of: booking)
            let guardian = try await self.name(practice, ward: ward.id)
            // Written down, and not sent yet.
            try await practice.deliver()
            try await practice.client(as: .customer).delete(
                "/api/v1/customers/\(ward.id)/guardians/\(guardian)", version: 1
            ).expect(200)

            try await practice.pass(minutes: 3)

            #expect(practice.subjects(to: TestMember.otherCustomer.email) == [])
            #expect(practice.subjects().count == 1)
        }
    }
}
