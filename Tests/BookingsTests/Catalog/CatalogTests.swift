import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

struct CatalogTests {
    private func put(_ path: String, _ json: JSON, version: Int, as client: APIClient) async -> APIAnswer {
        await client.send("PUT", "/api/v1/\(path)", json: json, headers: [("If-Match", "\"\(version)\"")])
    }

    @Test(arguments: TestEngine.allCases)
    func theNextBookingSeesAChange(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            let longer = School.lesson.with("durationMinutes", 90).with("providers", [.string(school.first)])
            try await self.put("event-types/\(school.lesson)", longer, version: 1, as: school.admin).expect(200)

            let booking = try await school.book(School.tuesday(12), with: school.first).expect(201)

            #expect(booking["end"]?.string == School.tuesday(13, 30))
            let elsewhere = await school.book(School.tuesday(15), with: school.second)
            #expect(elsewhere.fieldErrors == ["/provider provider_not_offered"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theNextBookingSeesAChangeMadeBehindItsBack(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            // The catalog is in memory; then another process, as it were, changes a price and draws a new stamp.
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.platform.database.run(
                engine == .postgres
                    ? """
                    UPDATE bookings.event_type SET price_amount = 7000;
                    UPDATE bookings.catalog SET stamp = gen_random_uuid()
                    """
                    : """
                    UPDATE bookings_event_type SET price_amount = 7000;
                    UPDATE bookings_catalog SET stamp = randomblob(16)
                    """)

            let named = try await school.book(School.tuesday(10), with: school.first).expect(201)
            let anybody = try await school.book(School.tuesday(11)).expect(201)

            #expect(named["price"]?["amount"]?.int == 7000)
            #expect(anybody["price"]?["amount"]?.int == 7000)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSlugIsUniqueAmongWhatIsOffered(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let again = await school.admin.post("/api/v1/event-types", School.lesson.with("providers", []))
            try again.expect(409, code: "slug_in_use")
            #expect(again.fieldErrors == ["/slug slug_in_use"])

            try await school.admin.delete("/api/v1/event-types/\(school.lesson)", version: 1).expect(200)

            try await school.admin.post("/api/v1/event-types", School.lesson.with("providers", [])).expect(201)
        }
    }

    @Test func anArchivedEventTypeIsOfferedNoMoreButItsBookingsStay() async throws {
        try await withSchool(.sqlite) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            try await school.admin.delete("/api/v1/event-types/\(school.lesson)", version: 1).expect(200)

            #expect(await school.book(School.tuesday(10)).fieldErrors == ["/eventType unknown_event_type"])
            let path = "/api/v1/bookings/\(id)"
            try await school.customer.post("\(path)/reschedule", ["start": .string(School.tuesday(10))]).expect(200)
            try await school.customer.post("\(path)/cancel", [:]).expect(200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aChangeNeedsTheVersionThatWasSeen(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let path = "event-types/\(school.lesson)"
            let input = School.lesson.with("providers", [])

            let blind = await school.admin.send("PUT", "/api/v1/\(path)", json: input)
            let stale = await self.put(path, input, version: 9, as: school.admin)

            try blind.expect(428)
            try stale.expect(412, code: "version_changed")
        }
    }

    @Test func reportsEverythingThatIsWrongWithAnEventType() async throws {
        try await withSchool(.sqlite) { school in
            let broken: JSON = [
                "slug": "Not A Slug", "name": "", "durationMinutes": 4, "price": ["amount": 1, "currency": "XXX"],
                "bufferAfterMinutes": 2_000, "providers": [],
            ]
            let answer = await school.admin.post("/api/v1/event-types", broken)

            #expect(answer.status == 422)
            let places = Set(answer.fieldErrors.map { $0.split(separator: " ")[0] })
            #expect(places.isSuperset(of: ["/slug", "/name", "/durationMinutes", "/bufferAfterMinutes"]))
        }
    }

    @Test func aPersonIsAProviderOnce() async throws {
        try await withSchool(.sqlite) { school in
            let person = try school.platform.person(.provider).description
            let again = await school.admin.post("/api/v1/providers", ["person": .string(person)])
            try again.expect(409, code: "already_provider")
        }
    }

    @Test func listsProvidersByNamePageByPage() async throws {
        try await withSchool(.sqlite) { school in
            let first = try await school.anonymous.get("/api/v1/providers?limit=1").expect(200)
            let cursor = try #require(first["next"]?.string)
            let second = try await school.anonymous.get("/api/v1/providers?limit=1&after=\(cursor)").expect(200)

            let names = [first, second].compactMap { $0["items"]?[0]?["name"]?.string }
            #expect(names == ["Emre Yılmaz", "provider"])
            #expect(second["next"] == .null)
        }
    }

    @Test func customersAreShownToWhoWorksWithThem() async throws {
        try await withSchool(.sqlite) { school in
            let made = try await school.admin.post(
                "/api/v1/customers",
                [
                    "givenName": "Lukas", "familyName": "Schneider", "email": "lukas@example.com",
                    "phone": "+493023125200",
                ]
            ).expect(201)
            try await school.book(School.tuesday(9), with: school.first).expect(201)

            func names(_ client: APIClient) async throws -> [String] {
                let items = try await client.get("/api/v1/customers").expect(200)["items"]?.array ?? []
                return items.compactMap { $0["name"]?.string }
            }
            #expect(try await names(school.admin) == ["Lukas Schneider", "customer"])
            #expect(try await names(school.instructor) == ["customer"])
            #expect(try await names(school.customer) == ["customer"])
            #expect(try await names(school.otherCustomer) == [])
            try await school.instructor.get("/api/v1/customers/\(made.id)").expect(404)
        }
    }
}
