import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

struct ConsentTests {
    private static func consent(_ purpose: String, given: Bool, version: String = "2026-01") -> JSON {
        ["purpose": .string(purpose), "textVersion": .string(version), "given": .bool(given)]
    }

    @Test(arguments: TestEngine.allCases)
    func theLatestWordHolds(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let customer = try await platform.client(as: .customer)
            let person = try platform.person(.customer)
            let consents = platform.runtime.consents
            let organization = try platform.organization().id
            func isGiven() async throws -> Bool {
                try await platform.runtime.database.read(in: .organization(organization)) { tx in
                    try consents.isGiven(by: person, for: "newsletter", in: tx)
                }
            }

            #expect(try await !isGiven())
            try await customer.post("/api/v1/me/consents", Self.consent("newsletter", given: true)).expect(201)
            #expect(try await isGiven())
            try await customer.post("/api/v1/me/consents", Self.consent("photos", given: true)).expect(201)
            try await customer.post("/api/v1/me/consents", Self.consent("newsletter", given: false)).expect(201)
            #expect(try await !isGiven())

            let ledger = try await customer.get("/api/v1/me/consents").expect(200)["items"]?.array ?? []
            #expect(ledger.compactMap { $0["purpose"]?.string } == ["newsletter", "photos", "newsletter"])
            #expect(ledger.compactMap { $0["given"]?.bool } == [false, true, true])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func everybodyHasALedgerOfTheirOwn(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let customer = try await platform.client(as: .customer)
            try await customer.post("/api/v1/me/consents", Self.consent("newsletter", given: true)).expect(201)

            for (member, place) in [(TestMember.otherCustomer, TestPlace.north), (.customer, .south)] {
                let other = try await platform.client(as: member, in: place)
                let ledger = try await other.get("/api/v1/me/consents").expect(200)
                #expect(ledger["items"]?.array == [])
            }
            let stranger = try await platform.client()
            try await stranger.get("/api/v1/me/consents").expect(401)
            try await stranger.post("/api/v1/me/consents", Self.consent("newsletter", given: true)).expect(401)
        }
    }

    @Test(arguments: ["", "Newsletter", "-news", "news letter", "9news", "néws"])
    func aPurposeIsAName(_ purpose: String) async throws {
        try await withPlatform(.sqlite) { platform in
            let customer = try await platform.client(as: .customer)
            try await customer.post("/api/v1/me/consents", Self.consent(purpose, given: true)).expect(422)
        }
    }
}
