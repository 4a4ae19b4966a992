import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Erasing a person leaves nothing of them, and everything of everybody else.
struct ErasureTests {
    private static let canary = "Zuckerwatte"

    @Test(arguments: TestEngine.allCases)
    func nothingOfAnErasedCustomerIsLeft(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let booking = try await school.prepare(marking: .customer, with: Self.canary)
            #expect(try await school.tables(holding: Self.canary).count >= 4)

            let erased = try await school.erase(.customer)

            #expect(try await school.tables(holding: Self.canary) == [])
            #expect(erased.rows["bookings.booking"] == 1)
            #expect(erased.rows["bookings.booking_change"] == 2)
            // The same user is a person of the other organization.
            #expect(!erased.erasesUser)
            let shown = try await school.admin.get("/api/v1/bookings/\(booking)").expect(200)
            #expect(shown["status"]?.string == "cancelled")
            let customer = shown["customer"]?.id ?? ""
            let again = await school.book(School.tuesday(11), for: customer, as: school.admin)
            #expect(again.fieldErrors == ["/customer unknown_customer"])
            try await school.admin.get("/api/v1/customers/\(customer)").expect(404)
            _ = try await school.platform.client(as: .customer, in: .south)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsErasedIsSignedOutAndCannotSignIn(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.customer.get("/api/v1/me").expect(200)

            _ = try await school.erase(.customer)

            try await school.customer.get("/api/v1/me").expect(401)
            await #expect(throws: (any Error).self) { _ = try await school.platform.client(as: .customer) }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theAccountGoesWithTheLastPersonOfIt(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let runtime = platform.runtime
            for (place, isLast) in [(TestPlace.north, false), (.south, true)] {
                let call = Call(
                    organization: try platform.organization(place).id, principal: .system("privacy"),
                    origin: Origin(.test))
                let erased = try await runtime.invoker.run(
                    runtime.privacy.erase, of: .kernel, platform.person(.customer, in: place), as: call)
                #expect(erased.erasesUser == isLast)
            }
            let left = try await platform.database.rows(
                "SELECT count(*) FROM {kernel.user_account} WHERE email = '\(TestMember.customer.email)'")
            #expect(left == [["0"]])
            let others = try await platform.database.rows("SELECT count(*) FROM {kernel.user_account}")
            #expect(others == [["\(TestMember.allCases.count - 1)"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nothingOfAnErasedProviderIsLeft(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let provider = try await school.admin.get("/api/v1/providers/\(school.first)").expect(200)
            _ = try await school.admin.send(
                "PUT", "/api/v1/providers/\(school.first)",
                json: ["name": .string(Self.canary), "bio": .string(Self.canary)],
                headers: [("If-Match", "\"\(provider["version"]?.int ?? 0)\"")]
            ).expect(200)
            let booked = try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.customer.post("/api/v1/bookings/\(booked.id)/cancel", [:], key: "cancel").expect(200)
            try await school.mark(.provider, with: Self.canary)
            try await school.admin.post(
                "/api/v1/blocked-times",
                [
                    "provider": .string(school.first), "start": .string(School.tuesday(14)),
                    "end": .string(School.tuesday(15)), "reason": .string(Self.canary),
                ]
            ).expect(201)
            try await school.schedule(
                "absences", of: school.first,
                [["from": "2026-03-03", "to": "2026-03-03", "reason": .string(Self.canary)]]
            ).expect(200)
            try await school.schedule(
                "stays", of: school.first, [["from": "2026-03-09", "to": "2026-03-10", "timeZone": "Asia/Tokyo"]]
            ).expect(200)
            #expect(try await school.tables(holding: Self.canary).count >= 7)

            _ = try await school.erase(.provider)

            for table in ["provider_absence", "provider_stay"] {
                #expect(try await school.platform.database.rows("SELECT * FROM {bookings.\(table)}").isEmpty)
            }

            #expect(try await school.tables(holding: Self.canary) == [])
            // The list comes from memory, which has noticed.
            let providers = try await school.anonymous.get("/api/v1/providers").expect(200)["items"]?.array ?? []
            #expect(providers.map(\.id) == [school.second])
            let booking = await school.book(School.tuesday(9), with: school.first)
            #expect(booking.fieldErrors == ["/provider unknown_provider"])
            let shown = try await school.admin.get("/api/v1/bookings/\(booked.id)").expect(200)
            #expect(shown["provider"]?["name"]?.string == PersonalErasure.mark)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func somebodyWhoIsExpectedIsNotErased(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id

            for expected in [TestMember.customer, .provider] {
                await #expect {
                    _ = try await school.erase(expected)
                } throws: {
                    ($0 as? Refusal)?.code == "bookings_to_come"
                }
            }
            let left = try await school.platform.database.rows(
                "SELECT count(*) FROM {kernel.person} WHERE given_name = '\(PersonalErasure.mark)'")
            #expect(left == [["0"]])

            try await school.customer.post("/api/v1/bookings/\(id)/cancel", [:]).expect(200)
            _ = try await school.erase(.customer)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func thePersonIsGivenWhatIsKept(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await school.prepare(marking: .customer, with: Self.canary)

            let document = try await school.export(school.platform.person(.customer))
            let tables = document["tables"]?.array ?? []
            func rows(_ name: String) -> [JSON] {
                tables.filter { $0["table"]?.string == name }.flatMap { $0["rows"]?.array ?? [] }
            }

            #expect(rows("person").first?["familyName"]?.string == Self.canary)
            #expect(rows("booking").first?["notes"]?.string == Self.canary)
            #expect(rows("booking_change").count == 2)
            #expect(rows("user_account").first?["email"]?.string == TestMember.customer.email)
            let text = String(decoding: document.serialized, as: UTF8.self)
            #expect(!text.contains(TestMember.otherCustomer.email))
            #expect(!text.contains("argon2"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPersonOfAnotherOrganizationDoesNotExist(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let elsewhere = try school.platform.person(.customer, in: .south)

            await #expect { _ = try await school.export(elsewhere) } throws: { ($0 as? Refusal)?.code == "not_found" }
            await #expect { _ = try await school.erase(elsewhere) } throws: { ($0 as? Refusal)?.code == "not_found" }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRepeatedCallIsNotCarriedOutAgainAfterAnErasure(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let input: JSON = ["eventType": "lesson", "start": .string(School.tuesday(9))]
            let id = try await school.otherCustomer.post("/api/v1/bookings", input, key: "once").expect(201).id
            _ = try await school.erase(.customer)

            try await school.otherCustomer.post("/api/v1/bookings/\(id)/cancel", [:]).expect(200)
            let again = await school.otherCustomer.post("/api/v1/bookings", input, key: "once")

            #expect(again.status >= 400)
            let bookings = try await school.platform.database.rows("SELECT count(*) FROM {bookings.booking}")
            #expect(bookings == [["1"]])
        }
    }
}
