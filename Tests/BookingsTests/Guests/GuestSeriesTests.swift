import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// Series of people without an account: one token leads to all of its bookings, and to nothing else.
struct GuestSeriesTests {
    private static func series(_ school: School, _ count: Int = 3, at hour: Int = 10) -> JSON {
        School.tuesdays(count, at: hour, ["provider": .string(school.first)])
    }

    private static let days = [3, 10, 17].map { School.march($0, 10) }

    private static func requests(_ school: School) async throws -> [String] {
        try await school.platform.database.rows(
            "SELECT ordering_key FROM {kernel.event} WHERE name = 'bookings.guest-access-requested' ORDER BY id"
        ).compactMap { $0.first ?? nil }
    }

    @Test(arguments: TestEngine.allCases)
    func aGuestBooksASeriesAndReachesAllOfIt(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.openFarAhead) { school in
            try await school.ask([["name": "note", "type": "text", "label": "Note", "required": true]]).expect(200)
            #expect(await school.bookSeriesAsGuest(Self.series(school)).fieldErrors == ["/answers/note required"])
            let made = try await school.bookSeriesAsGuest(
                Self.series(school).with("answers", ["note": "Hi"]).with("guestTimeZone", "Europe/Lisbon")
            ).expect(201)
            let guest = school.guest(made)
            let bookings = made["bookings"]?.array ?? []

            #expect(made.starts("bookings") == Self.days && made.codes("conflicts").isEmpty)
            #expect(made["series"]?["timeZone"]?.string == "Europe/Berlin")
            // Thirty days after the end of the last.
            #expect(
                made["accessExpiresAt"]?.string
                    == Instant(rfc3339: School.march(17, 11))?.adding(minutes: 30 * 1_440).rfc3339)
            #expect(try await Self.requests(school) == [bookings[0].id])
            let people = try await school.platform.database.rows(
                "SELECT time_zone FROM {kernel.person} WHERE given_name = 'Greta'")
            #expect(people == [["Europe/Lisbon"]])

            let shown = try await school.series(made.seriesID, as: guest)
            #expect(shown.starts("occurrences") == Self.days && shown.texts("allowed") == ["cancel", "reschedule"])
            #expect(try await guest.get("/api/v1/guest-bookings/current").expect(200).id == bookings[0].id)
            for booking in bookings {
                #expect(try await school.answers(of: booking.id, as: guest).answer("note") == "Hi")
                try await school.put(
                    "bookings/\(booking.id)/answers", ["answers": ["note": "Ho"]], version: 1, as: guest
                ).expect(200)
            }
            // One of them alone, and what comes next is another one then.
            let moved = try await guest.post(
                "/api/v1/bookings/\(bookings[1].id)/reschedule", ["start": .string(School.march(11, 12))]
            ).expect(200)
            #expect(moved["series"]?["isException"]?.bool == true)
            try await guest.post("/api/v1/bookings/\(bookings[0].id)/cancel", [:]).expect(200)
            #expect(try await guest.get("/api/v1/guest-bookings/current").expect(200).id == bookings[1].id)
            #expect(
                try await school.changes(of: bookings[1].id, as: guest) == ["rescheduled by customer"])
            let consequences = try await guest.get("/api/v1/booking-series/\(made.seriesID)/consequences").expect(200)
            #expect(consequences["items"]?.array?.count == 2)
            // All of it.
            let rest = try await school.change("cancel", made.seriesID, ["scope": "all"], as: guest).expect(200)
            #expect(rest["bookings"]?.array?.count == 2)
            #expect(try await school.counts() == ["0", "0"])
            #expect(try await school.violations().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func oneTokenLeadsToBothPartsOfASeries(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.openFarAhead) { school in
            let made = try await school.bookSeriesAsGuest(Self.series(school, 5)).expect(201)
            let guest = school.guest(made)
            let bookings = made["bookings"]?.array ?? []

            let split = try await school.change(
                "reschedule", made.seriesID,
                [
                    "scope": "thisAndFollowing", "booking": .string(bookings[2].id),
                    "start": "2026-03-18T11:00",
                ], as: guest
            ).expect(200)
            #expect(split.seriesID != made.seriesID && split["bookings"]?.array?.count == 3)
            // And what is split from that part.
            let again = try await school.change(
                "reschedule", split.seriesID,
                ["scope": "thisAndFollowing", "booking": .string(bookings[4].id), "start": "2026-04-02T09:00"],
                as: guest
            ).expect(200)

            for series in [made.seriesID, split.seriesID, again.seriesID] {
                try await guest.get("/api/v1/booking-series/\(series)").expect(200)
            }
            for booking in bookings { try await guest.get("/api/v1/bookings/\(booking.id)").expect(200) }
            // What is mailed later leads to all of it too, and takes the old token away.
            try await school.admin.post("/api/v1/bookings/\(bookings[4].id)/guest-access").expect(202)
            #expect(try await Self.requests(school) == [bookings[0].id, bookings[4].id])
            for booking in bookings { try await guest.get("/api/v1/bookings/\(booking.id)").expect(401) }
            #expect(try await school.violations().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenLeadsToItsSeriesOnly(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.openFarAhead) { school in
            let own = try await school.bookSeriesAsGuest(Self.series(school)).expect(201)
            // The same address, at another time.
            let other = try await school.bookSeriesAsGuest(Self.series(school, at: 12)).expect(201)
            let guest = school.guest(own)
            let foreign = other["bookings"]?.array?.first?.id ?? ""
            let nobody = "00000000-0000-7000-8000-000000000000"
            // The staff make one more for the same person, and a series.
            let customer = own["bookings"]?.array?.first?["customer"]?.id ?? ""
            let more = try await school.book(School.tuesday(14), for: customer, as: school.admin).expect(201).id
            let theirs = try await school.bookSeries(
                Self.series(school, at: 15).with("customer", .string(customer)), as: school.admin
            ).expect(201)

            for id in [foreign, more, theirs["bookings"]?.array?.first?.id ?? "", nobody] {
                for path in ["", "/answers", "/attendees", "/changes", "/consequences", "/calendar.ics"] {
                    try await guest.get("/api/v1/bookings/\(id)\(path)").expect(404)
                }
                try await guest.post("/api/v1/bookings/\(id)/cancel", [:]).expect(404)
            }
            for id in [other.seriesID, theirs.seriesID, nobody] {
                try await guest.get("/api/v1/booking-series/\(id)").expect(404)
                try await guest.get("/api/v1/booking-series/\(id)/consequences").expect(404)
                for action in ["cancel", "reschedule"] {
                    let input: JSON = ["scope": "all", "start": "2026-03-03T16:00"]
                    try await school.change(action, id, input, as: guest).expect(404)
                }
            }
            for path in ["bookings", "bookings?series=\(own.seriesID)", "booking-series", "customers"] {
                try await guest.get("/api/v1/\(path)").expect(403)
            }
            try await school.bookSeries(Self.series(school, at: 16), as: guest).expect(403)
            try await school.holdSeries(Self.series(school, at: 16), as: guest).expect(403)
            try await school.preview(Self.series(school, at: 16), as: guest).expect(403)
            try await school.bookSeriesAsGuest(Self.series(school, at: 16), as: guest)
                .expect(409, code: "already_known")
            // A token of one booking opens no series.
            let single = try await school.bookAsGuest(School.tuesday(16)).expect(201)
            try await school.guest(single).get("/api/v1/booking-series/\(own.seriesID)").expect(403)
            // Of another one's bookings none can be named in a change of one's own.
            let named: JSON = ["scope": "this", "booking": .string(foreign)]
            let refused = await school.change("cancel", own.seriesID, named, as: guest)
            #expect(refused.fieldErrors == ["/booking unknown_booking"])
            #expect(try await school.tables(holding: own["accessToken"]?.string ?? "-") == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func guestsBookSeriesWhereTheyMay(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.openFarAhead) { school in
            try await school.changeLesson(["allowsGuests": false])
            try await school.bookSeriesAsGuest(Self.series(school)).expect(403, code: "guests_not_allowed")
            try await school.changeLesson(["allowsGuests": true, "allowsSeries": false], version: 2)
            #expect(
                await school.bookSeriesAsGuest(Self.series(school)).fieldErrors == ["/eventType series_not_allowed"])
            try await school.changeLesson(["allowsGuests": true], version: 3)
            try await school.bookSeriesAsGuest(Self.series(school), as: school.customer)
                .expect(409, code: "already_known")
            try await school.book(Self.days[1], with: school.first).expect(201)
            try await school.bookSeriesAsGuest(Self.series(school)).expect(409, code: "series_conflict")
            // Nobody was made for what did not come about.
            #expect(
                try await school.platform.database.rows(
                    "SELECT count(*) FROM {kernel.person} WHERE given_name = 'Greta'") == [["0"]])
            let free = try await school.bookSeriesAsGuest(Self.series(school).with("mode", "free")).expect(201)
            #expect(free.starts("bookings") == [Self.days[0], Self.days[2]])
            #expect(free.codes("conflicts") == ["slot_taken"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func itsTokenLastsUntilAfterTheLast(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.openFarAhead) { school in
            let made = try await school.bookSeriesAsGuest(Self.series(school)).expect(201)
            let guest = school.guest(made)
            let first = made["bookings"]?.array?.first?.id ?? ""
            let end = try #require(Instant(rfc3339: School.march(17, 11)))

            school.platform.clock.set(end.adding(minutes: 30 * 1_440 - 1))
            try await guest.get("/api/v1/bookings/\(first)").expect(200)
            try await guest.get("/api/v1/booking-series/\(made.seriesID)").expect(200)
            school.platform.clock.advance(minutes: 1)
            try await guest.get("/api/v1/bookings/\(first)").expect(401, code: "token_invalid")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoHasShownTheAddressJoinsAllOfTheSeries(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.openFarAhead) { school in
            let made = try await school.bookSeriesAsGuest(Self.series(school), email: TestMember.customer.email)
                .expect(201)
            let bookings = made["bookings"]?.array?.map(\.id) ?? []
            let guest = school.guest(made)
            let split = try await school.change(
                "reschedule", made.seriesID,
                ["scope": "thisAndFollowing", "booking": .string(bookings[2]), "start": "2026-03-18T10:00"], as: guest
            ).expect(200)
            try await school.platform.database.run(
                engine == .postgres
                    ? "UPDATE kernel.user_account SET email_verified_at = 1"
                    : "UPDATE kernel_user_account SET email_verified_at = 1")

            let joined = try await school.customer.post("/api/v1/me/guest-bookings").expect(200)

            #expect(Set(joined.texts("bookings")) == Set(bookings) && bookings.count == 3)
            for series in [made.seriesID, split.seriesID] {
                let shown = try await school.series(series)
                #expect(shown.texts("allowed") == ["cancel", "reschedule"])
                #expect(shown["customer"]?.string != made["series"]?["customer"]?.string)
                try await guest.get("/api/v1/booking-series/\(series)").expect(401)
            }
            let listed = try await school.customer.get("/api/v1/booking-series").expect(200)
            #expect(listed["items"]?.array?.count == 2)
            try await school.change("cancel", split.seriesID, ["scope": "all"]).expect(200)
            #expect(try await school.counts() == ["2", "2"])
            #expect(try await school.violations().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anErasedGuestReachesNothingOfIt(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.openFarAhead) { school in
            let held = try await school.holdSeriesAsGuest(Self.series(school)).expect(201)
            let made = try await school.bookSeriesAsGuest(
                Self.series(school).with("hold", .string(held["hold"]?.id ?? "")), as: school.guest(held)
            ).expect(201)
            let guest = school.guest(made)
            try await school.change("cancel", made.seriesID, ["scope": "all"], as: guest).expect(200)
            let person = try await school.person(
                of: Table(Namespace("bookings"), "customer"), made["series"]?["customer"]?.string ?? "")

            _ = try await school.erase(person)

            try await guest.get("/api/v1/booking-series/\(made.seriesID)").expect(401)
            #expect(try await school.tables(holding: "gast@example.org") == [])
        }
    }
}
