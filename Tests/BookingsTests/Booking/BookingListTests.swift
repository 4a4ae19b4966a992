import AlmanacStorage
import AlmanacTestKit
import Testing

struct BookingListTests {
    private func starts(_ answer: APIAnswer) throws -> [String] {
        try answer.expect(200)["items"]?.array?.compactMap { $0["start"]?.string } ?? []
    }

    @Test(arguments: TestEngine.allCases)
    func pagesThroughEverythingOnce(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            // Two at each hour, so that a page ends between equals.
            for hour in 9...11 {
                try await school.book(School.tuesday(hour), with: school.first).expect(201)
                try await school.book(School.tuesday(hour), with: school.second).expect(201)
            }
            var found: [String] = []
            var after = ""
            repeat {
                let page = try await school.admin.get("/api/v1/bookings?limit=2\(after)").expect(200)
                found += page["items"]?.array?.map(\.id) ?? []
                after = page["next"]?.string.map { "&after=\($0)" } ?? ""
            } while !after.isEmpty && found.count < 20

            #expect(found.count == 6)
            #expect(Set(found).count == 6)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func filtersByDateStatusAndProvider(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let wednesday = "2026-03-04T08:00:00Z"
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            try await school.book(School.tuesday(10), with: school.second).expect(201)
            try await school.book(wednesday, with: school.first).expect(201)
            try await school.customer.post("/api/v1/bookings/\(id)/cancel", [:]).expect(200)

            let list = "/api/v1/bookings"
            let tuesday = try self.starts(await school.admin.get("\(list)?from=2026-03-03&to=2026-03-03"))
            let cancelled = try self.starts(await school.admin.get("\(list)?status=cancelled"))
            let second = try self.starts(await school.admin.get("\(list)?provider=\(school.second)"))

            #expect(tuesday == [School.tuesday(9), School.tuesday(10)])
            #expect(cancelled == [School.tuesday(9)])
            #expect(second == [School.tuesday(10)])
        }
    }

    @Test
    func refusesACursorOfAnotherList() async throws {
        try await withSchool(.sqlite) { school in
            let page = try await school.anonymous.get("/api/v1/providers?limit=1").expect(200)
            let cursor = try #require(page["next"]?.string)

            let answer = await school.admin.get("/api/v1/bookings?after=\(cursor)")

            #expect(answer.status == 422)
            #expect(answer.fieldErrors == ["/after cursor"])
        }
    }

    @Test
    func namesFollowTheReadersLanguage() async throws {
        try await withSchool(.sqlite) { school in
            var english = school.anonymous
            english.headers.append(("Accept-Language", "en-GB, de;q=0.5"))

            let german = try await school.anonymous.get("/api/v1/event-types/lesson").expect(200)
            let translated = try await english.get("/api/v1/event-types/lesson").expect(200)

            #expect(german["name"]?.string == "Fahrstunde")
            #expect(translated["name"]?.string == "Driving lesson")
        }
    }
}
