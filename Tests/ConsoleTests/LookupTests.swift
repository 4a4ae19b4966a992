import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Choosing one of many: with scripts while one types, without them by a search that is sent with the form.
struct LookupTests {
    private static let form = "/console/bookings/-/new"

    /// A hundred customers called Muster, and one who is not.
    private func withCustomers(
        _ engine: TestEngine, _ body: (TestPlatform, String) async throws -> Void
    ) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let client = try await platform.client(as: .admin)
            for number in 0..<100 {
                try await client.post("/api/v1/customers", ["givenName": "Max \(number)", "familyName": "Muster"])
                    .expect(201)
            }
            let made = await client.post(
                "/api/v1/customers",
                ["givenName": "Zoë", "familyName": "<Zeder>", "email": "zoe@example.org"])
            try await body(platform, try #require(try made.expect(201)["id"]?.string))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func customersAreFoundByNameAndAddress(_ engine: TestEngine) async throws {
        try await self.withCustomers(engine) { platform, id in
            let client = try await platform.client(as: .admin)
            for q in ["zeder", "ZOE", "zoe@exa"] {
                let found = try await client.get("/api/v1/customers?q=\(q)").expect(200)
                #expect(found["items"]?.array?.map { $0["id"]?.string } == [id], "\(q)")
            }
            let nobody = try await client.get("/api/v1/customers?q=%25").expect(200)
            #expect(nobody["items"]?.array?.isEmpty == true)
            let south = try await (try await platform.client(as: .admin, in: .south)).get("/api/v1/customers?q=zeder")
                .expect(200)
            #expect(south["items"]?.array?.isEmpty == true)
            // Who may see only their own customers finds none of the others.
            let provider = await (try await platform.client(as: .provider)).get("/api/v1/customers?q=zeder")
            #expect(provider.json["items"]?.array?.isEmpty != false)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSearchIsSentWithTheForm(_ engine: TestEngine) async throws {
        try await self.withCustomers(engine) { platform, id in
            let browser = try await platform.browser(as: .admin)
            let form = await browser.get(Self.form)
            #expect(form.text.contains("name=\"customer.search\""))
            #expect(form.text.contains("data-lookup=\"/console/choices/customers\""))
            #expect(!form.text.contains(id))
            let found = await browser.submit(
                form, to: Self.form, [("customer.search", "zeder"), ("lookup", "customer"), ("notes", "kept")])
            #expect(found.status == 200)
            #expect(found.text.contains("<option value=\"\(id)\">"))
            #expect(found.text.contains("&lt;Zeder&gt;"))
            #expect(found.text.contains("kept"))
            #expect(!found.text.contains("role=\"alert\""))
            // What was chosen keeps its name when something else is wrong.
            let wrong = await browser.submit(form, to: Self.form, [("customer", id)])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("<option value=\"\(id)\" selected>Zoë &lt;Zeder&gt;"))
            let booked = try await (try await platform.client(as: .admin)).get("/api/v1/bookings").expect(200)
            #expect(booked["items"]?.array?.isEmpty == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aScriptAsksWhileSomebodyTypes(_ engine: TestEngine) async throws {
        try await self.withCustomers(engine) { platform, id in
            let browser = try await platform.browser(as: .admin)
            let answer = await browser.get("/console/choices/customers?q=zeder")
            #expect(answer.status == 200)
            #expect(answer.header("content-type") == "application/json")
            #expect(answer.text.contains(id))
            let many = await browser.get("/console/choices/customers?q=muster")
            #expect(many.text.split(separator: "\"id\"").count == 21)
            for address in ["customers", "locations?q=a", "nowhere?q=a", "users"] {
                let none = await browser.get("/console/choices/\(address)")
                #expect(none.status == 404, "\(address)")
            }
            let customer = try await platform.browser(as: .customer)
            let hidden = await customer.get("/console/choices/users?q=a")
            #expect(hidden.status == 404)
            let stranger = await Browser(browser.api).get("/console/choices/customers?q=zeder")
            #expect(stranger.status == 303)
        }
    }
}
