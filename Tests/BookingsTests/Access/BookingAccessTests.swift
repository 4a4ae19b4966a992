import AlmanacStorage
import AlmanacTestKit
import Testing

struct BookingAccessTests {
    enum Caller: String, CaseIterable, Sendable {
        case anonymous, admin, instructor, customer, otherCustomer

        func client(_ school: School) -> APIClient {
            switch self {
            case .anonymous: school.anonymous
            case .admin: school.admin
            case .instructor: school.instructor
            case .customer: school.customer
            case .otherCustomer: school.otherCustomer
            }
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let caller: Caller
        /// Of a booking of `customer` with the instructor who calls, and with the other one.
        let own: Int
        let colleague: Int
        var testDescription: String { self.caller.rawValue }
    }

    /// What each caller is answered who reads a booking that `customer` made.
    static let reading = [
        Row(caller: .anonymous, own: 401, colleague: 401), Row(caller: .admin, own: 200, colleague: 200),
        Row(caller: .instructor, own: 200, colleague: 404), Row(caller: .customer, own: 200, colleague: 200),
        Row(caller: .otherCustomer, own: 404, colleague: 404),
    ]

    @Test(arguments: Self.reading)
    func readsCancelsAndMovesOnlyWhatItMaySee(_ row: Row) async throws {
        try await withSchool(.sqlite) { school in
            let client = row.caller.client(school)
            for (provider, expected) in [(school.first, row.own), (school.second, row.colleague)] {
                let id = try await school.book(School.tuesday(9), with: provider).expect(201).id
                let path = "/api/v1/bookings/\(id)"

                #expect(await client.get(path).status == expected)
                let start: JSON = .string(School.tuesday(10))
                #expect(await client.post("\(path)/reschedule", ["start": start]).status == expected)
                #expect(await client.post("\(path)/cancel", [:]).status == expected)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func listsOnlyWhatItMaySee(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.book(School.tuesday(10), with: school.second).expect(201)
            try await school.book(School.tuesday(11), with: school.second, as: school.otherCustomer).expect(201)
            // The instructor takes a lesson too: it is theirs as a customer.
            try await school.book(School.tuesday(12), with: school.second, as: school.instructor).expect(201)

            func hours(_ client: APIClient) async throws -> [String] {
                let items = try await client.get("/api/v1/bookings").expect(200)["items"]?.array ?? []
                return items.compactMap { $0["start"]?.string }
            }
            #expect(try await hours(school.admin) == [9, 10, 11, 12].map { School.tuesday($0) })
            #expect(try await hours(school.customer) == [9, 10].map { School.tuesday($0) })
            #expect(try await hours(school.otherCustomer) == [11].map { School.tuesday($0) })
            #expect(try await hours(school.instructor) == [9, 12].map { School.tuesday($0) })
            #expect(await school.anonymous.get("/api/v1/bookings").status == 401)
        }
    }

    @Test
    func booksForOthersOnlyAsFarAsItsScopeReaches() async throws {
        try await withSchool(.sqlite) { school in
            let first = await school.book(School.tuesday(9), with: school.second, as: school.otherCustomer)
            let other = try first.expect(201)["customer"]?.id ?? ""
            let nobody = "018f0000-0000-7000-8000-000000000000"

            // Customers may not, and learn nothing about who exists.
            for customer in [other, nobody] {
                try await school.book(School.tuesday(10), with: school.first, for: customer)
                    .expect(403, code: "forbidden")
            }
            // Providers with themselves only; whoever is free means them.
            // And for those they have had: a stranger does not become their customer by being booked for.
            for customer in [other, nobody] {
                let stranger = await school.book(School.tuesday(10), for: customer, as: school.instructor)
                #expect(stranger.fieldErrors == ["/customer unknown_customer"])
            }
            try await school.book(School.tuesday(14), with: school.first, as: school.otherCustomer).expect(201)
            try await school.book(School.tuesday(10), with: school.second, for: other, as: school.instructor)
                .expect(403)
            let chosen = try await school.book(School.tuesday(10), for: other, as: school.instructor).expect(201)
            #expect(chosen["provider"]?.id == school.first)
            // The organization's administrators with anybody.
            let made = try await school.book(School.tuesday(11), with: school.second, for: other, as: school.admin)
                .expect(201)
            #expect(made["customer"]?.id == other)
            try await school.book(School.tuesday(12), as: school.anonymous).expect(401)
        }
    }

    struct Operation: Sendable, CustomTestStringConvertible {
        let method: String
        let path: String
        let body: JSON?
        /// What the instructor gets on what is theirs; administrators are never refused.
        let instructor: Bool
        var testDescription: String { "\(self.method) \(self.path)" }
    }

    static let managing = [
        Operation(method: "POST", path: "event-types", body: [:], instructor: false),
        Operation(method: "PUT", path: "event-types/ETYPE", body: [:], instructor: false),
        Operation(method: "DELETE", path: "event-types/ETYPE", body: nil, instructor: false),
        Operation(method: "POST", path: "providers", body: ["familyName": "New"], instructor: false),
        Operation(method: "PUT", path: "providers/OWN", body: ["name": "New"], instructor: false),
        Operation(method: "DELETE", path: "providers/OWN", body: nil, instructor: false),
        Operation(method: "POST", path: "customers", body: ["givenName": "", "familyName": "New"], instructor: false),
        Operation(method: "GET", path: "customers", body: nil, instructor: true),
        Operation(method: "GET", path: "providers/OWN/availability", body: nil, instructor: true),
        Operation(method: "GET", path: "providers/COLLEAGUE/availability", body: nil, instructor: false),
        Operation(method: "PUT", path: "providers/OWN/weekly-rules", body: ["rules": []], instructor: true),
        Operation(method: "PUT", path: "providers/COLLEAGUE/weekly-rules", body: ["rules": []], instructor: false),
        Operation(method: "PUT", path: "providers/OWN/date-overrides", body: ["overrides": []], instructor: true),
        Operation(
            method: "POST", path: "blocked-times",
            body: ["provider": "OWN", "start": "2026-03-03T08:00:00Z", "end": "2026-03-03T09:00:00Z"], instructor: true),
        Operation(
            method: "POST", path: "blocked-times",
            body: ["provider": "COLLEAGUE", "start": "2026-03-03T08:00:00Z", "end": "2026-03-03T09:00:00Z"],
            instructor: false),
        Operation(method: "GET", path: "blocked-times", body: nil, instructor: true),
    ]

    @Test(arguments: Self.managing)
    func managingIsForStaff(_ operation: Operation) async throws {
        try await withSchool(.sqlite) { school in
            let names = [("ETYPE", school.lesson), ("OWN", school.first), ("COLLEAGUE", school.second)]
            let path = names.reduce(operation.path) { path, name in
                path.split(separator: "/").map { $0 == name.0 ? name.1 : String($0) }.joined(separator: "/")
            }
            var body = operation.body
            for (name, id) in names where body?["provider"]?.string == name {
                body = body?.with("provider", .string(id))
            }

            func status(_ client: APIClient) async -> Int {
                let isVersioned = ["PUT", "DELETE"].contains(operation.method)
                let headers = isVersioned ? [(name: "If-Match", value: "\"2\"")] : []
                return await client.send(operation.method, "/api/v1/\(path)", json: body, headers: headers).status
            }
            let wanted = ["GET": 200...200, "POST": 201...422, "PUT": 200...422, "DELETE": 200...412]
            let fine = try #require(wanted[operation.method])

            #expect(await status(school.anonymous) == 401)
            if operation.path != "customers" || operation.method != "GET" {
                #expect(await status(school.customer) == 403)
            }
            let instructor = await status(school.instructor)
            #expect(operation.instructor ? fine.contains(instructor) && instructor != 403 : instructor == 403)
            let admin = await status(school.admin)
            #expect(fine.contains(admin) && admin != 403)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func oneOrganizationSeesNothingOfAnother(_ engine: TestEngine) async throws {
        try await withSchool(engine) { north in
            let id = try await north.book(School.tuesday(9), with: north.first).expect(201).id
            let southAdmin = try await north.platform.client(as: .admin, in: .south)
            let southCustomer = try await north.platform.client(as: .customer, in: .south)

            #expect(try await southAdmin.get("/api/v1/event-types").expect(200)["items"]?.array == [])
            #expect(try await southAdmin.get("/api/v1/providers").expect(200)["items"]?.array == [])
            #expect(try await southAdmin.get("/api/v1/bookings").expect(200)["items"]?.array == [])
            try await southAdmin.get("/api/v1/bookings/\(id)").expect(404)
            try await southAdmin.post("/api/v1/bookings/\(id)/cancel", [:]).expect(404)

            // The same slug, times and people there: neither takes anything from the other.
            let provider = try await School.makeProvider(["familyName": "South"], by: southAdmin)
            let lesson = School.lesson.with("price", ["amount": 5000, "currency": "USD"])
            try await southAdmin.post("/api/v1/event-types", lesson.with("providers", [.string(provider)])).expect(201)
            let foreign = lesson.with("slug", "a").with("providers", [.string(north.first)])
            try await southAdmin.post("/api/v1/event-types", foreign).expect(422)
            let start = "2026-03-03T14:00:00Z"
            try await north.book(start, with: north.second).expect(201)
            let south = try await north.book(start, as: southCustomer).expect(201)
            #expect(south["timeZone"]?.string == "America/New_York")
            #expect(south["price"]?["currency"]?.string == "USD")
            let crossed = await north.book(start, with: north.first, as: southCustomer)
            #expect(crossed.fieldErrors == ["/provider unknown_provider"])
        }
    }
}
