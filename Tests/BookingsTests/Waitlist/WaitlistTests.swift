import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Waiting for slots: who is offered what, in which order, and what becomes of it.
struct WaitlistTests {
    /// A school whose lessons are given by one instructor, on one Tuesday that is booked out.
    private static func withFullDay(
        _ engine: TestEngine, _ settings: SettingsNode = [:], lesson: JSON = School.lesson,
        _ body: (School, [String: String]) async throws -> Void
    ) async throws {
        try await withSchool(engine, lesson: lesson, settings: settings, sessions: School.patience) { school in
            let bookings = try await school.fill()
            try await body(school, bookings)
        }
    }

    private static let tuesday: JSON = ["from": "2026-03-03", "to": "2026-03-03"]

    private static func wish(_ members: (String, JSON)...) -> JSON {
        var wish = Self.tuesday.object ?? [:]
        for (name, value) in members { wish[name] = value }
        return .object(wish)
    }

    @Test(arguments: TestEngine.allCases)
    func whatBecomesFreeIsOfferedAndAccepted(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            let entry = try await school.wait(Self.tuesday).expect(201)
            try await school.settle()
            #expect(try await school.entry(entry.id)["status"]?.string == "waiting")
            #expect(try await school.entry(entry.id)["position"]?.int == 1)
            #expect(try await school.entry(entry.id, as: school.customer)["position"] == nil)

            try await school.cancel(bookings["\(School.tuesday(11)) \(school.first)"])
            try await school.settle()
            let offered = try await school.entry(entry.id, as: school.customer)
            #expect(offered["status"]?.string == "offered")
            #expect(offered["offer"]?["start"]?.string == School.tuesday(11))
            #expect(offered["offer"]?["provider"]?.string == school.first)
            #expect(offered["offer"]?["expiresAt"]?.string == "2026-03-02T10:00:00Z")
            #expect(offered.texts("allowed") == ["accept", "decline", "withdraw"])
            // It is theirs: nobody else gets it.
            try await school.book(School.tuesday(11), with: school.first, as: school.otherCustomer)
                .expect(409, code: "slot_taken")
            try await school.act("accept", onEntry: entry.id, as: school.otherCustomer).expect(404)

            let booking = try await school.act("accept", onEntry: entry.id).expect(201)
            #expect(booking["start"]?.string == School.tuesday(11))
            #expect(booking["status"]?.string == "confirmed")
            let after = try await school.entry(entry.id)
            #expect(after["status"]?.string == "booked")
            #expect(after["booking"]?.string == booking.id)
            #expect(
                try await school.events(of: entry.id) == ["bookings.waitlist-offered", "bookings.waitlist-accepted"])
            try await school.act("accept", onEntry: entry.id).expect(409, code: "no_offer")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func offersGoFromOneToTheNext(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            let first = try await school.wait(Self.tuesday).expect(201)
            school.platform.clock.advance(minutes: 1)
            let second = try await school.wait(Self.tuesday, as: school.otherCustomer).expect(201)
            school.platform.clock.advance(minutes: 1)
            let customer = try await school.makeCustomer("Drei")
            let third = try await school.wait(Self.wish(("customer", .string(customer))), as: school.admin).expect(201)
            // The third is to come before the second.
            try await school.put("waitlist/\(third.id)/priority", ["priority": 5], version: 1).expect(200)
            try await school.put("waitlist/\(first.id)/priority", ["priority": 9], version: 1).expect(200)
            try await school.cancel(bookings["\(School.tuesday(9)) \(school.second)"])
            try await school.settle()
            #expect(try await school.entry(first.id)["status"]?.string == "offered")
            #expect(try await school.entry(third.id)["position"]?.int == 1)
            #expect(try await school.entry(second.id)["position"]?.int == 2)

            let declined = try await school.act("decline", onEntry: first.id).expect(200)
            #expect(declined["status"]?.string == "waiting")
            try await school.settle()
            #expect(try await school.entry(third.id)["status"]?.string == "offered")
            #expect(try await school.entry(first.id)["status"]?.string == "waiting")
            // It lapses after two hours.
            school.platform.clock.advance(minutes: 119)
            try await school.settle()
            #expect(try await school.entry(third.id)["status"]?.string == "offered")
            school.platform.clock.advance(minutes: 1)
            try await school.settle()
            #expect(try await school.entry(third.id)["status"]?.string == "waiting")
            #expect(try await school.entry(second.id)["status"]?.string == "offered")
            #expect(
                try await school.events(of: third.id) == ["bookings.waitlist-offered", "bookings.waitlist-lapsed"])
            #expect(
                try await school.events(of: first.id) == ["bookings.waitlist-offered", "bookings.waitlist-declined"])
            // The last gives up, and nobody wants it: it is free for everybody.
            let version = try await school.entry(second.id)["version"]?.int ?? 0
            let gone = await school.otherCustomer.send(
                "DELETE", "/api/v1/waitlist/\(second.id)", headers: [("If-Match", "\"\(version)\"")])
            try gone.expect(200)
            try await school.settle()
            try await school.book(School.tuesday(9), with: school.second).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aWishAdmitsDaysTimesAndProviders(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            let late = try await school.wait(
                Self.wish(("startTime", "15:00"), ("weekdays", [2, 4]), ("providers", [.string(school.second)]))
            ).expect(201)
            try await school.cancel(bookings["\(School.tuesday(14)) \(school.second)"])
            try await school.cancel(bookings["\(School.tuesday(15)) \(school.first)"])
            try await school.settle()
            #expect(try await school.entry(late.id)["status"]?.string == "waiting")
            try await school.cancel(bookings["\(School.tuesday(15)) \(school.second)"])
            try await school.settle()
            let offered = try await school.entry(late.id)
            #expect(offered["offer"]?["start"]?.string == School.tuesday(15))
            #expect(offered["offer"]?["provider"]?.string == school.second)
            // Another day of the week would not do, nor would a time that begins when the wish ends.
            let monday = await school.wait(["weekdays": [1], "from": "2026-03-03", "to": "2026-03-03"])
            let early = await school.wait(Self.wish(("endTime", "15:00"), ("startTime", "14:30")))
            try await school.settle()
            #expect(try await school.entry(monday.expect(201).id)["status"]?.string == "waiting")
            #expect(try await school.entry(early.expect(201).id)["status"]?.string == "waiting")
        }
    }

    /// Clocks go forward on Sunday 29 March 2026: 16:00 in Berlin is 15:00 UTC on the Friday before and 14:00 after.
    @Test(arguments: TestEngine.allCases)
    func timesAreMeantOnTheClockOfEachDate(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let friday = try await school.wait(["startTime": "16:00", "from": "2026-03-27", "to": "2026-03-27"])
                .expect(201)
            let monday = try await school.wait(["startTime": "16:00", "from": "2026-03-30", "to": "2026-03-30"])
                .expect(201)
            let abroad = try await school.wait([
                "startTime": "16:00", "from": "2026-03-30", "to": "2026-03-30", "timeZone": "Europe/Athens",
            ]).expect(201)
            try await school.settle()
            #expect(try await school.entry(friday.id)["offer"]?["start"]?.string == "2026-03-27T15:00:00Z")
            #expect(try await school.entry(monday.id)["offer"]?["start"]?.string == "2026-03-30T14:00:00Z")
            #expect(try await school.entry(abroad.id)["offer"]?["start"]?.string == "2026-03-30T13:00:00Z")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func offersObeyNoticeAndWindow(_ engine: TestEngine) async throws {
        let lesson = School.lesson.with("minimumNoticeMinutes", 1_440).with("bookingWindowDays", 3)
        try await withSchool(engine, lesson: lesson, sessions: School.patience) { school in
            // What is new waits for its time.
            try await school.platform.runtime.scheduler.upkeep()
            // Monday 08:00: until Tuesday 08:00 is too soon (09:00 in Berlin), after Thursday too far ahead.
            let soon = try await school.wait(["from": "2026-03-02", "to": "2026-03-02"]).expect(201)
            let far = try await school.wait(["from": "2026-03-06", "to": "2026-03-06"]).expect(201)
            try await school.settle()
            #expect(try await school.entry(soon.id)["status"]?.string == "waiting")
            #expect(try await school.entry(far.id)["status"]?.string == "waiting")
            // A day later Friday can be booked; nobody has told of it, the schedule finds it. Monday is past.
            school.platform.clock.advance(minutes: 2 * 1_440)
            try await school.platform.runtime.scheduler.plan()
            try await school.settle()
            #expect(try await school.entry(far.id)["offer"]?["start"]?.string == "2026-03-06T08:00:00Z")
            #expect(try await school.entry(soon.id)["status"]?.string == "closed")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whateverFreesTimeIsNoticed(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine, ["defaults": ["waitlistPerCustomer": 10]]) { school, bookings in
            // A move.
            let moved = try await school.wait(Self.wish(("startTime", "09:00"), ("endTime", "09:30"))).expect(201)
            try await school.admin.post(
                "/api/v1/bookings/\(bookings["\(School.tuesday(9)) \(school.first)"] ?? "")/reschedule",
                ["start": "2026-03-04T08:00:00Z"]
            ).expect(200)
            try await school.settle()
            #expect(try await school.entry(moved.id)["status"]?.string == "offered")
            // New hours.
            let hours = try await school.wait(Self.wish(("startTime", "17:00"))).expect(201)
            try await school.settle()
            #expect(try await school.entry(hours.id)["status"]?.string == "waiting")
            try await school.schedule(
                "date-overrides", of: school.first,
                [["date": "2026-03-03", "hours": [["start": "09:00", "end": "18:00"]]]]
            ).expect(200)
            try await school.settle()
            #expect(try await school.entry(hours.id)["offer"]?["start"]?.string == School.tuesday(17))
            // Blocked time that is free again.
            let blocked = try await school.admin.post(
                "/api/v1/blocked-times",
                [
                    "provider": .string(school.second), "start": "2026-03-05T00:00:00Z", "end": "2026-03-06T00:00:00Z",
                ]
            ).expect(201)
            let thursday = try await school.wait([
                "from": "2026-03-05", "to": "2026-03-05", "providers": [.string(school.second)],
            ]).expect(201)
            try await school.settle()
            #expect(try await school.entry(thursday.id)["status"]?.string == "waiting")
            try await school.admin.send(
                "DELETE", "/api/v1/blocked-times/\(blocked.id)", headers: [("If-Match", "\"1\"")]
            ).expect(200)
            try await school.settle()
            #expect(try await school.entry(thursday.id)["status"]?.string == "offered")
            // A hold that is given up.
            let slot = "2026-03-04T09:00:00Z"
            let hold = try await school.hold(slot, with: school.second, as: school.otherCustomer).expect(201)
            let wednesday = try await school.wait([
                "from": "2026-03-04", "to": "2026-03-04", "startTime": "10:00", "endTime": "10:30",
                "providers": [.string(school.second)],
            ]).expect(201)
            try await school.settle()
            #expect(try await school.entry(wednesday.id)["status"]?.string == "waiting")
            try await school.otherCustomer.send("DELETE", "/api/v1/holds/\(hold.id)").expect(200)
            try await school.settle()
            #expect(try await school.entry(wednesday.id)["status"]?.string == "offered")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func entriesAreCappedAndUnique(_ engine: TestEngine) async throws {
        try await withSchool(engine, settings: ["defaults": ["waitlistPerCustomer": 2]]) { school in
            let far: JSON = ["from": "2027-01-04", "to": "2027-01-08"]
            try await school.wait(far).expect(201)
            try await school.wait(far).expect(409, code: "already_waiting")
            try await school.wait(["from": "2027-01-11"]).expect(201)
            let third = await school.wait(["from": "2027-01-12"])
            try third.expect(409, code: "too_many_entries")
            try await school.wait(far, as: school.otherCustomer).expect(201)
            let wrong = await school.wait([
                "from": "2027-01-12", "to": "2027-01-11", "startTime": "10:00", "endTime": "09:00",
                "providers": [.string(school.lesson)],
            ])
            try wrong.expect(422, code: "invalid_wish")
            #expect(wrong.fieldErrors.count == 3)
            try await school.anonymous.post("/api/v1/waitlist", ["eventType": "lesson"]).expect(401)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func entriesAreSeenByThoseTheyConcern(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let far: JSON = ["from": "2027-01-04", "to": "2027-01-08"]
            let entry = try await school.wait(far).expect(201)
            try await school.otherCustomer.get("/api/v1/waitlist/\(entry.id)").expect(404)
            try await school.instructor.get("/api/v1/waitlist/\(entry.id)").expect(404)
            let named = try await school.wait(["from": "2027-01-04", "providers": [.string(school.first)]]).expect(201)
            let seen = try await school.instructor.get("/api/v1/waitlist").expect(200)
            let all = try await school.admin.get("/api/v1/waitlist?eventType=lesson&status=waiting").expect(200)
            #expect(seen["items"]?.array?.map(\.id) == [named.id])
            #expect(all["items"]?.array?.map(\.id) == [entry.id, named.id])
            try await school.act("decline", onEntry: named.id, as: school.instructor).expect(403)
            let answer = await school.put(
                "waitlist/\(entry.id)/priority", ["priority": 1], version: 1, as: school.customer)
            try answer.expect(403)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anOfferIsNotGivenUpAsAHold(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            let entry = try await school.wait(Self.tuesday).expect(201)
            try await school.cancel(bookings["\(School.tuesday(11)) \(school.first)"])
            try await school.settle()
            let hold = try await school.entry(entry.id)["offer"]?["hold"]?.string ?? ""
            try await school.customer.send("DELETE", "/api/v1/holds/\(hold)").expect(409, code: "hold_is_offer")
            // Booking the hold accepts the offer.
            let booking = try await school.book(School.tuesday(11), holding: hold).expect(201)
            #expect(try await school.entry(entry.id)["booking"]?.string == booking.id)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func erasureRemovesWishesAndGivesOffersBack(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            let entry = try await school.wait(Self.tuesday).expect(201)
            try await school.cancel(bookings["\(School.tuesday(11)) \(school.first)"])
            try await school.settle()
            #expect(try await school.entry(entry.id)["status"]?.string == "offered")
            _ = try await school.erase(.customer)
            let left = try await school.platform.database.rows(
                "SELECT (SELECT count(*) FROM {bookings.waitlist_entry}), (SELECT count(*) FROM {bookings.waitlist_offer})"
            )
            #expect(left == [["0", "0"]])
            try await school.book(School.tuesday(11), with: school.first, as: school.otherCustomer).expect(201)
        }
    }

    // MARK: Sessions

    @Test(arguments: TestEngine.allCases)
    func seatsOfASessionAreWaitedFor(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            try await school.makeEvening()
            let session = try await school.schedule(["capacity": 2]).expect(201).id
            let booking = try await school.take(session, seats: 2, as: school.otherCustomer).expect(201)
            let allowed = try await school.read(session: session, as: school.customer).texts("allowed")
            #expect(allowed == ["join"])
            let customer = try await school.makeCustomer("Zwei")
            let both = try await school.wait(["session": .string(session), "seats": 2]).expect(201)
            school.platform.clock.advance(minutes: 1)
            let one = try await school.wait(
                ["session": .string(session), "customer": .string(customer)], as: school.admin
            ).expect(201)
            let conflict: JSON = ["session": .string(session), "weekdays": [1]]
            try await school.wait(conflict).expect(422, code: "conflict")

            // One seat more: the first wants two and keeps their place, the second gets it.
            try await school.change(session, ["capacity": 3], version: 1).expect(200)
            try await school.settle()
            #expect(try await school.entry(both.id)["status"]?.string == "waiting")
            #expect(try await school.entry(one.id)["offer"]?["session"]?.string == session)
            #expect(try await school.read(session: session)["seatsLeft"]?.int == 0)
            try await school.act("accept", onEntry: one.id, as: school.admin).expect(201)
            try await school.cancel(booking.id)
            try await school.settle()
            #expect(try await school.entry(both.id)["status"]?.string == "offered")
            let seats = try await school.act("accept", onEntry: both.id).expect(201)
            #expect(seats["seats"]?.int == 2)
            #expect(seats["session"]?.string == session)
            #expect(try await school.read(session: session)["seatsLeft"]?.int == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aWishForAnEventTypeIsMetBySessionsToo(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEvening()
            let entry = try await school.wait(["eventType": "evening", "weekdays": [6], "startTime": "18:00"])
                .expect(201)
            let friday = School.parts(("2026-03-06T17:00:00Z", "2026-03-06T18:00:00Z"))
            try await school.schedule(["parts": friday]).expect(201)
            try await school.settle()
            #expect(try await school.entry(entry.id)["status"]?.string == "waiting")
            let session = try await school.schedule().expect(201)
            try await school.settle()
            #expect(try await school.entry(entry.id)["offer"]?["session"]?.string == session.id)
            // The house cancels it: the offer is over, the wish is not.
            try await school.act("cancel", onSession: session.id).expect(200)
            try await school.settle()
            let after = try await school.entry(entry.id)
            #expect(after["status"]?.string == "waiting")
            try await school.act("accept", onEntry: entry.id).expect(409, code: "no_offer")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoWaitsForASessionThatIsCancelledWaitsNoMore(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEvening()
            let session = try await school.schedule(["capacity": 1]).expect(201).id
            try await school.take(session, as: school.otherCustomer).expect(201)
            let entry = try await school.wait(["session": .string(session)]).expect(201)
            try await school.act("cancel", onSession: session).expect(200)
            try await school.settle()
            #expect(try await school.entry(entry.id)["status"]?.string == "closed")
        }
    }
}
