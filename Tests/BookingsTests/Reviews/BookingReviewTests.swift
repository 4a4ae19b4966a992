import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// What customers say about bookings that took place.
struct BookingReviewTests {
    private static let canary = "Zuckerwatte"

    /// Books a lesson that has taken place.
    private static func completed(
        _ school: School, _ start: String = School.tuesday(9), as client: APIClient? = nil
    ) async throws -> String {
        let id = try await school.book(start, with: school.first, as: client).expect(201).id
        school.platform.clock.set(try #require(Instant(rfc3339: School.tuesday(17))))
        try await school.act("complete", on: id, as: school.instructor).expect(200)
        return id
    }

    private static func rating(_ school: School) async throws -> JSON {
        try await school.anonymous.get("/api/v1/providers/\(school.first)/rating").expect(200)
    }

    private func review(
        _ booking: String, _ rating: Int, _ text: String? = nil, as client: APIClient
    ) async -> APIAnswer {
        var input: JSONObject = ["rating": .number(JSONNumber(rating))]
        input["text"] = text.map(JSON.string)
        return await client.post("/api/v1/bookings/\(booking)/review", .object(input))
    }

    @Test(arguments: TestEngine.allCases)
    func whatTookPlaceIsReviewedOnceByItsCustomer(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            let open = try await school.book(School.tuesday(11), with: school.first).expect(201).id
            try await self.review(open, 5, as: school.customer).expect(409, code: "booking_not_completed")
            let id = try await Self.completed(school)

            for other in [school.instructor, school.admin] {
                try await self.review(id, 5, as: other).expect(403)
            }
            try await self.review(id, 5, as: school.otherCustomer).expect(404)
            #expect(await self.review(id, 6, as: school.customer).fieldErrors == ["/rating range"])
            let written = try await self.review(id, 4, "Good", as: school.customer).expect(201)
            #expect(written["allowed"] == ["change"])
            try await self.review(id, 5, as: school.customer).expect(409, code: "already_reviewed")

            #expect(try await school.events(of: id).last == "bookings.booking-reviewed")
            let listed = try await school.anonymous.get("/api/v1/providers/\(school.first)/reviews").expect(200)
            #expect(listed["items"]?[0]?["text"]?.string == "Good")
            #expect(listed["items"]?[0]?["booking"] == nil)
            #expect(try await Self.rating(school) == ["count": 1, "average": 4, "counts": [0, 0, 0, 1, 0]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aReviewIsChangedForAWhile(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            let id = try await Self.completed(school)
            try await self.review(id, 1, Self.canary, as: school.customer).expect(201)
            let path = "bookings/\(id)/review"

            try await school.put(path, ["rating": 3], version: 7, as: school.customer).expect(412)
            try await school.put(path, ["rating": 3], version: 1, as: school.admin).expect(403)
            school.platform.clock.advance(minutes: 14 * 1_440 - 1)
            let changed = try await school.put(path, ["rating": 3], version: 1, as: school.customer).expect(200)
            #expect(changed["rating"]?.int == 3 && changed["text"] == nil)
            school.platform.clock.advance(minutes: 1)
            let late = await school.put(path, ["rating": 5], version: 2, as: school.customer)
            try late.expect(409, code: "review_closed")
            #expect(try await Self.rating(school)["average"] == 3)
            let told = try await school.admin.get("/api/v1/audit?action=bookings.review.changed").expect(200)
            #expect(told["items"]?[0]?["changes"]?[1] == ["field": "text", "withheld": "personal"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theProviderRepliesAndTheStaffHide(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            let id = try await Self.completed(school)
            try await self.review(id, 1, "Bad", as: school.customer).expect(201)
            let path = "bookings/\(id)/review"

            try await school.put("\(path)/reply", ["text": "Sorry"], version: 1, as: school.customer).expect(403)
            try await school.put("\(path)/reply", ["text": "Sorry"], version: 1, as: school.instructor).expect(200)
            try await school.act("review/hide", on: id, ["reason": "Insult"], as: school.instructor).expect(403)
            let hidden = try await school.act("review/hide", on: id, ["reason": "Insult"], as: school.admin).expect(200)
            #expect(hidden["hiddenReason"]?.string == "Insult" && hidden["reply"]?.string == "Sorry")

            let listed = try await school.anonymous.get("/api/v1/providers/\(school.first)/reviews").expect(200)
            #expect(listed["items"] == [])
            #expect(try await Self.rating(school) == ["count": 0, "counts": [0, 0, 0, 0, 0]])
            // Its customer sees what became of it.
            let own = try await school.customer.get("/api/v1/\(path)").expect(200)
            #expect(own["hiddenReason"]?.string == "Insult")
            try await school.act("review/show", on: id, as: school.admin).expect(200)
            #expect(try await Self.rating(school)["count"] == 1)
            let actions = try await school.audit(of: id).filter { $0.hasPrefix("bookings.review") }
            #expect(
                actions == [
                    "bookings.review.written", "bookings.review.replied", "bookings.review.hidden",
                    "bookings.review.shown",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aGuestReviewsToo(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.open, sessions: School.patience) { school in
            let booked = try await school.bookAsGuest(School.tuesday(9)).expect(201)
            let id = booked["booking"]?.id ?? ""
            school.platform.clock.set(try #require(Instant(rfc3339: School.tuesday(17))))
            try await school.act("complete", on: id, as: school.instructor).expect(200)

            try await self.review(id, 5, "Great", as: school.guest(booked)).expect(201)

            #expect(try await Self.rating(school)["average"] == 5)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func averagesAreRoundedToHundredths(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            var ids: [String] = []
            for hour in 9..<12 {
                ids.append(try await school.book(School.tuesday(hour), with: school.first).expect(201).id)
            }
            school.platform.clock.set(try #require(Instant(rfc3339: School.tuesday(17))))
            for (id, rating) in zip(ids, [5, 5, 4]) {
                try await school.act("complete", on: id, as: school.instructor).expect(200)
                try await self.review(id, rating, as: school.customer).expect(201)
            }

            #expect(try await Self.rating(school) == ["count": 3, "average": 4.67, "counts": [0, 0, 0, 1, 2]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatAnErasedCustomerSaidIsForgottenAndTheRatingStays(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            let id = try await Self.completed(school)
            try await self.review(id, 4, Self.canary, as: school.customer).expect(201)
            #expect(try await school.tables(holding: Self.canary) != [])

            _ = try await school.erase(.customer)

            #expect(try await school.tables(holding: Self.canary) == [])
            #expect(try await Self.rating(school)["average"] == 4)
        }
    }

    // MARK: Races

    private static func withRace(_ engine: TestEngine, _ body: (School) async throws -> Void) async throws {
        try await withPlatform(engine, plugins: [Bookings.self], setup: .race()) { platform in
            try await body(try await School(platform, lesson: School.lesson))
        }
    }

    /// How many reviews there are when eight are written at once.
    private static func race(_ school: School) async throws -> Int {
        let id = try await Self.completed(school)
        await withTaskGroup(of: Void.self) { group in
            for caller in 0..<8 {
                group.addTask {
                    _ = await school.customer.post(
                        "/api/v1/bookings/\(id)/review", ["rating": .number(JSONNumber(1 + caller % 5))])
                }
            }
        }
        return try await Self.rating(school)["count"]?.int ?? -1
    }

    @Test(arguments: TestEngine.allCases)
    func ofManyReviewsAtOnceOneIsWritten(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            let count = try await Self.race(school)
            #expect(count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func withoutTheIndexSeveralAreWritten(_ engine: TestEngine) async throws {
        try await Self.withRace(engine) { school in
            try await school.platform.database.run(
                engine == .postgres
                    ? "DROP INDEX bookings.booking_review_booking_id_key"
                    : "DROP INDEX bookings_booking_review_booking_id_key")
            let count = try await Self.race(school)
            #expect(count > 1)
        }
    }
}
