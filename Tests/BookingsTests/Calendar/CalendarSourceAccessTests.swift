import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Who may import which calendars, and what is kept of them.
struct CalendarSourceAccessTests {
    @Test(arguments: TestEngine.allCases)
    func providersManageTheirOwnAndAdministratorsAll(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, _ in
            let own = try await school.addCalendar()
            let others = try await school.addCalendar(as: school.admin, for: school.second)
            let foreign = await school.tryToAddCalendar(for: school.second)
            let customer = await school.tryToAddCalendar(as: school.customer)
            let path = "/api/v1/calendar-sources"
            func listed(_ client: APIClient) async throws -> [String] {
                try await client.get(path).expect(200)["items"]?.array?.map(\.id) ?? []
            }

            #expect(foreign.status == 403 && customer.status == 403)
            #expect(try await listed(school.instructor) == [own])
            #expect(try await listed(school.admin) == [own, others])
            #expect(await school.instructor.get("\(path)/\(others)").status == 404)
            #expect(await school.instructor.post("\(path)/\(others)/sync").status == 404)
            #expect(await school.instructor.delete("\(path)/\(others)", version: 1).status == 404)
            #expect(await school.customer.get(path).status == 403)
            #expect(await school.anonymous.get(path).status == 401)
            let south = try await school.platform.client(as: .admin, in: .south)
            #expect(await south.get("\(path)/\(own)").status == 404)
            #expect(try await listed(south) == [])
            let stale = await school.instructor.delete("\(path)/\(own)", version: 7)
            #expect(stale.status == 412)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func addressAndPasswordAreKeptSealedAndNeverShown(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: [])
            let made = try await school.tryToAddCalendar(["username": "anna", "password": "geheim-8841"]).expect(201)
            let shown = try await school.calendar(made.id)
            let changed = try await school.instructor.patch(
                "/api/v1/calendar-sources/\(made.id)", ["password": "geheim-8842"], version: 1
            ).expect(200)
            try await school.work()
            let rows = try await school.platform.database.rows("SELECT * FROM {bookings.calendar_source}")
            let trail = try await school.platform.database.rows("SELECT * FROM {kernel.audit_entry}")
            let jobs = try await school.platform.database.rows("SELECT * FROM {kernel.job}")

            for text in [made, shown, changed].map(\.description) + ["\(rows)", "\(trail)", "\(jobs)"] {
                #expect(!text.contains("geheim") && !text.contains("3f9c") && !text.contains("anna\""))
            }
            #expect(web.requests.last?.credentials?.password == "geheim-8842")
            #expect(web.requests.last?.address.text == "https://calendars.example/private-3f9c/basic.ics")
        }
    }

    /// Whoever may change where a calendar is must not have its password sent to a host of their own.
    @Test(arguments: TestEngine.allCases)
    func aPasswordStaysWithItsHost(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: [])
            let id = try await school.addCalendar(["username": "anna", "password": "geheim"])
            let path = "/api/v1/calendar-sources/\(id)"
            let elsewhere = await school.admin.patch(path, ["address": "https://evil.example/"], version: 1)
            let port = await school.admin.patch(path, ["address": "https://calendars.example:8443/"], version: 1)
            try await school.admin.patch(path, ["address": "https://calendars.example/b"], version: 1).expect(200)
            let without = ["address": "https://evil.example/", "username": .null, "password": .null] as JSON
            try await school.admin.patch(path, without, version: 2).expect(200)
            try await school.work()

            #expect(elsewhere.fieldErrors == ["/password required"] && port.fieldErrors == ["/password required"])
            #expect(web.requests.allSatisfy { $0.address.host == "calendars.example" || $0.credentials == nil })
        }
    }

    @Test(arguments: [
        ("ftp://a.example/", "/address address"), ("https://user@a.example/", "/address address"),
        ("https://user:word@a.example/", "/address address"), ("/etc/passwd", "/address address"),
        ("https://", "/address address"), ("https://a b.example/", "/address address"),
        ("https://a.example:99999/", "/address address"), ("https://ä.example/", "/address address"),
        ("file:///etc/passwd", "/address address"), ("https://a.example/#f", "/address address"),
    ])
    func addressesThatAreNoneAreRefused(_ address: String, _ expected: String) async throws {
        try await withCalendars(.sqlite) { school, _ in
            let answer = await school.tryToAddCalendar(["address": .string(address)])
            #expect(answer.fieldErrors == [expected])
        }
    }

    @Test func halfAPairAndAColonAreRefused() async throws {
        try await withCalendars(.sqlite) { school, _ in
            let nameless = await school.tryToAddCalendar(["password": "x"])
            let wordless = await school.tryToAddCalendar(["username": "x"])
            let colon = await school.tryToAddCalendar(["username": "a:b", "password": "x"])
            let unknown = await school.tryToAddCalendar(for: "018f0000-0000-7000-8000-000000000000")
            #expect(nameless.fieldErrors == ["/username required"])
            #expect(wordless.fieldErrors == ["/password required"])
            #expect(colon.fieldErrors == ["/username username"])
            #expect(unknown.fieldErrors == ["/provider unknown_provider"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aProviderHasSoManyCalendarsAndNoMore(_ engine: TestEngine) async throws {
        try await withCalendars(engine, poolSize: 8) { school, _ in
            let statuses = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<14 { group.addTask { await school.tryToAddCalendar().status } }
                return await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [201: 10, 409: 4])
        }
    }

    @Test func whereNothingIsFetchedNothingIsAdded() async throws {
        try await withSchool(.sqlite) { school in
            let answer = await school.tryToAddCalendar()
            try answer.expect(409, code: "calendars_not_fetched")
            #expect(try await !school.step("calendar-rounds"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func sourcesGoWithTheirProvider(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: ["UID:secret-name@example.org\nDTSTART:20260303T090000Z\nDURATION:PT1H"])
            _ = try await school.addCalendar()
            try await school.work()
            _ = try await school.erase(.provider)
            let sources = try await school.platform.database.rows("SELECT count(*) FROM {bookings.calendar_source}")
            let claims = try await school.platform.database.rows("SELECT external_id FROM {bookings.claim}")
            #expect(sources == [["0"]])
            #expect(claims == [[nil]])
            school.platform.clock.advance(minutes: 60)
            try await school.step("calendar-rounds")
            try await school.work()
            #expect(web.requests.count == 1)
        }
    }
}
