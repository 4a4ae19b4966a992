import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Busy times from the calendars of providers take their time.
struct CalendarSourceTests {
    private static let meeting = "UID:meeting\nDTSTART;TZID=Europe/Berlin:20260303T100000\nDURATION:PT2H"

    // MARK: Importing

    @Test(arguments: TestEngine.allCases)
    func busyTimesAreNeitherOfferedNorBooked(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: [Self.meeting])
            let id = try await school.addCalendar()
            let before = try await school.calendar(id)
            try await school.work()
            let after = try await school.calendar(id)

            #expect(before["health"]?.string == "pending" && before["lastVerifiedAt"] == nil)
            #expect(after["health"]?.string == "ok" && after["host"]?.string == "calendars.example")
            #expect(after["lastVerifiedAt"]?.string == "2026-03-02T08:00:00Z")
            #expect(try await school.tuesdayStarts() == [9, 12, 13, 14, 15, 16].map { School.tuesday($0) })
            try await school.book(School.tuesday(10), with: school.first).expect(409, code: "slot_taken")
            try await school.book(School.tuesday(11), with: school.first).expect(409, code: "slot_taken")
            try await school.book(School.tuesday(12), with: school.first).expect(201)
            // Nobody else is concerned, and nothing of it can be changed here.
            #expect(try await school.starts(on: "2026-03-03", of: school.second).count == 8)
            let blocked = try await school.instructor.get("/api/v1/blocked-times").expect(200)
            #expect(blocked["items"]?.array == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatChangesIsChangedAndWhatStaysIsLeft(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            func event(_ uid: String, _ hour: Int) -> String {
                "UID:\(uid)\nDTSTART:20260303T\(hour)0000Z\nDURATION:PT1H"
            }
            web.answer(events: [event("a", 10), event("b", 12), event("c", 14)])
            let id = try await school.addCalendar()
            try await school.work()
            let first = try await school.imported()
            web.answer(events: [event("a", 10), event("b", 13), event("d", 15)])
            try await school.instructor.post("/api/v1/calendar-sources/\(id)/sync").expect(202)
            school.platform.clock.advance(minutes: 1)
            try await school.work()
            let second = try await school.imported()

            #expect(first.map { $0[1] } == ["a", "b", "c"])
            #expect(second.map { $0[1] } == ["a", "b", "d"])
            #expect(first[0] == second[0])
            #expect(first[1][0] != second[1][0])
            let released = try await school.platform.database.rows(
                "SELECT count(*) FROM {bookings.claim} WHERE source LIKE 'calendar:%'")
            #expect(released == [["3"]])
        }
    }

    /// Our own mails put our bookings into the provider's calendar, which then tells us of them.
    @Test(arguments: TestEngine.allCases)
    func ourOwnBookingsDoNotBlockThemselves(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            let kept = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            let gone = try await school.book(School.tuesday(11), with: school.first).expect(201).id
            let elsewhere = try await school.book(School.tuesday(13), with: school.second).expect(201).id
            try await school.customer.post("/api/v1/bookings/\(gone)/cancel").expect(200)
            func event(_ uid: String, _ hour: Int) -> String {
                "UID:\(uid)\nDTSTART;TZID=Europe/Berlin:20260303T\(hour < 10 ? "0" : "")\(hour)0000\nDURATION:PT1H"
            }
            // In capitals too: programs may write identifiers as they like.
            web.answer(events: [event(kept.uppercased(), 9), event(gone, 11), event(elsewhere, 13), event("x", 15)])
            _ = try await school.addCalendar()
            try await school.work()

            // Whoever takes part in somebody else's appointment is busy.
            #expect(try await school.imported().map { $0[1] } == [elsewhere, "x"])
            try await school.customer.post(
                "/api/v1/bookings/\(kept)/reschedule", ["start": .string(School.tuesday(10))]
            ).expect(200)
            try await school.book(School.tuesday(11), with: school.first).expect(201)
        }
    }

    /// A holiday of weeks is kept in pieces, so that no look at claims reaches further back than usual.
    @Test(arguments: TestEngine.allCases)
    func longTimesAreKeptInPieces(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: ["UID:away\nDTSTART;VALUE=DATE:20250101\nDTEND;VALUE=DATE:20300101"])
            _ = try await school.addCalendar()
            try await school.work()
            let claims = try await school.imported()
            let longest = try await school.platform.database.rows("SELECT longest_claim FROM {bookings.catalog}")

            #expect(try await school.tuesdayStarts() == [])
            #expect(try await school.starts(on: "2026-04-30", of: school.first) == [])
            #expect((20...40).contains(claims.count))
            #expect(longest.first == ["\(3 * 86_400_000_000)"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func removingACalendarFreesItsTime(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: [Self.meeting])
            let id = try await school.addCalendar()
            let other = try await school.addCalendar(["address": "https://other.example/a.ics"])
            try await school.work()
            let both = try await school.imported().count
            try await school.instructor.delete("/api/v1/calendar-sources/\(id)", version: 1).expect(200)
            let one = try await school.imported().count
            try await school.instructor.delete("/api/v1/calendar-sources/\(other)", version: 1).expect(200)

            #expect(both == 2 && one == 1)
            #expect(try await school.imported() == [])
            #expect(try await school.tuesdayStarts().count == 8)
            #expect(await school.instructor.get("/api/v1/calendar-sources/\(id)").status == 404)
            let kept = try await school.platform.database.rows(
                "SELECT count(*) FROM {bookings.calendar_source} WHERE secrets IS NOT NULL")
            #expect(kept == [["0"]])
        }
    }

    // MARK: Fetching again

    @Test(arguments: TestEngine.allCases)
    func calendarsAreFetchedAgainWhenTheyAreDue(_ engine: TestEngine) async throws {
        let settings: SettingsNode = ["calendars": ["refreshMinutes": 30]]
        try await withCalendars(engine, settings: settings) { school, web in
            web.answer(events: [])
            _ = try await school.addCalendar()
            try await school.work()
            school.platform.clock.advance(minutes: 29)
            try await school.step("calendar-rounds")
            try await school.work()
            #expect(web.requests.count == 1)
            school.platform.clock.advance(minutes: 1)
            try await school.step("calendar-rounds")
            // Another host looks at the same moment.
            try await school.step("calendar-rounds")
            try await school.work()
            #expect(web.requests.count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatHasNotChangedIsNotSentAgainAsLongAsItReachesFarEnough(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(
                events: ["UID:s\nDTSTART:20260303T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"],
                headers: [("ETag", "\"v1\""), ("Last-Modified", "Mon, 02 Mar 2026 08:00:00 GMT")])
            let id = try await school.addCalendar()
            try await school.work()
            let first = try await school.imported().count
            web.answer(304)
            school.platform.clock.advance(minutes: 60)
            try await school.instructor.post("/api/v1/calendar-sources/\(id)/sync").expect(202)
            try await school.work()
            let sent = web.requests[1].headers.map { "\($0.name): \($0.value)" }
            let verified = try await school.calendar(id)["lastVerifiedAt"]?.string
            // After the margin the same calendar says more than was read of it.
            web.answer(events: ["UID:s\nDTSTART:20260303T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY"])
            school.platform.clock.advance(minutes: 15 * 1_440)
            try await school.instructor.post("/api/v1/calendar-sources/\(id)/sync").expect(202)
            try await school.work()

            #expect(sent.contains("if-none-match: \"v1\""))
            #expect(sent.contains("if-modified-since: Mon, 02 Mar 2026 08:00:00 GMT"))
            #expect(verified == "2026-03-02T09:00:00Z")
            #expect(!web.requests[2].headers.contains { $0.name == "if-none-match" })
            #expect(first == 75)
            #expect(try await school.imported().last?[1].hasPrefix("s/202605") == true)
        }
    }

    /// Somebody gives another address while the old one is being fetched.
    @Test(arguments: TestEngine.allCases)
    func whatWasChangedMeanwhileIsNotOverwritten(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: [Self.meeting])
            let id = try await school.addCalendar()
            let instructor = school.instructor
            web.meanwhile {
                try await instructor.patch(
                    "/api/v1/calendar-sources/\(id)", ["address": "https://new.example/"], version: 1
                ).expect(200)
            }
            _ = try await school.platform.runtime.scheduler.step()
            #expect(try await school.imported() == [])
            try await school.work()
            #expect(web.requests.map(\.address.host) == ["calendars.example", "new.example"])
            #expect(try await school.imported().count == 1)
        }
    }

    /// A slow fetch that began earlier ends after a quick one that began later.
    @Test(arguments: TestEngine.allCases)
    func anOlderFetchDoesNotOverwriteANewerOne(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: [Self.meeting])
            let id = try await school.addCalendar()
            let (instructor, platform) = (school.instructor, school.platform)
            web.meanwhile {
                web.answer(events: [])
                // Less than a host may be silent.
                platform.clock.advance(seconds: 10)
                try await instructor.post("/api/v1/calendar-sources/\(id)/sync").expect(202)
                _ = try await platform.runtime.scheduler.step()
            }
            _ = try await school.platform.runtime.scheduler.step()
            #expect(web.requests.count == 2)
            #expect(try await school.imported() == [])
            #expect(try await school.calendar(id)["lastVerifiedAt"]?.string == "2026-03-02T08:00:10Z")
        }
    }

    // MARK: Failing

    @Test(arguments: TestEngine.allCases)
    func whatFailsSaysWhyAndKeepsWhatWasKnown(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: [Self.meeting])
            let id = try await school.addCalendar()
            try await school.work()
            let attempts: [(code: String, answer: () -> Void)] = [
                ("unreachable", { web.fail(.unreachable) }), ("timed_out", { web.fail(.timedOut) }),
                ("address_refused", { web.fail(.addressRefused) }), ("unauthorized", { web.answer(401) }),
                ("not_found", { web.answer(410) }), ("http_status", { web.answer(500) }),
                ("not_a_calendar", { web.answer(200, "<html>") }), ("cut_off", { web.answer(200, "BEGIN:VCALENDAR") }),
                ("http_status", { web.answer(304) }),
            ]
            for (code, answer) in attempts {
                answer()
                school.platform.clock.advance(minutes: 15)
                try await school.step("calendar-rounds")
                try await school.work()
                let shown = try await school.calendar(id)
                #expect(shown["health"]?.string == "failing")
                #expect(shown["failure"]?["code"]?.string == code)
                #expect(shown["failure"]?["since"]?.string == "2026-03-02T08:15:00Z")
                #expect(shown["lastVerifiedAt"]?.string == "2026-03-02T08:00:00Z")
                #expect(!shown.description.contains("3f9c"))
            }
            #expect(try await school.imported().count == 1)
            web.answer(events: [])
            school.platform.clock.advance(minutes: 15)
            try await school.step("calendar-rounds")
            try await school.work()
            let well = try await school.calendar(id)
            #expect(well["health"]?.string == "ok" && well["failure"] == nil)
            #expect(try await school.imported() == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoFailsClosedIsNotOfferedUntilTheCalendarIsKnownAgain(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: [])
            let id = try await school.addCalendar(["whenUnverified": "closed", "closesAfterHours": 2])
            try await school.work()
            let booked = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            web.fail(.unreachable)
            school.platform.clock.advance(minutes: 119)
            try await school.step("calendar-rounds")
            try await school.work()
            let open = try await school.tuesdayStarts()
            school.platform.clock.advance(minutes: 1)
            // Nothing has run since: it is closed by the clock alone.
            let closed = try await school.tuesdayStarts()
            let refused = await school.book(School.tuesday(14), with: school.first)
            let moved = await school.customer.post(
                "/api/v1/bookings/\(booked)/reschedule", ["start": .string(School.tuesday(15))])
            let anybody = try await school.starts(on: "2026-03-03")
            web.answer(events: [])
            try await school.instructor.post("/api/v1/calendar-sources/\(id)/sync").expect(202)
            try await school.work()

            #expect(open.count == 7)
            #expect(closed == [])
            #expect(refused.code == "slot_taken" && moved.code == "slot_taken")
            // The other instructor is offered as before.
            #expect(anybody.count == 8)
            #expect(try await school.tuesdayStarts().count == 7)
            try await school.book(School.tuesday(14), with: school.first).expect(201)
            #expect(try await school.calendar(id)["closesAt"]?.string == "2026-03-02T12:00:00Z")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoFailsOpenIsOfferedByWhatWasKnownLast(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: [Self.meeting])
            let id = try await school.addCalendar(["closesAfterHours": 1])
            try await school.work()
            web.fail(.unreachable)
            school.platform.clock.advance(minutes: 5 * 60)
            try await school.step("calendar-rounds")
            try await school.work()
            #expect(try await school.tuesdayStarts().count == 6)
            // Whoever decides otherwise now means it.
            let changed = try await school.instructor.patch(
                "/api/v1/calendar-sources/\(id)", ["whenUnverified": "closed"], version: 1
            ).expect(200)
            #expect(changed["version"]?.int == 2)
            #expect(try await school.tuesdayStarts() == [])
            try await school.instructor.delete("/api/v1/calendar-sources/\(id)", version: 2).expect(200)
            #expect(try await school.tuesdayStarts().count == 8)
        }
    }

    // MARK: CalDAV

    @Test(arguments: TestEngine.allCases)
    func aCollectionIsAskedForTheTimeThatCanBeBooked(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            let data = ScriptedWeb.calendar([Self.meeting]).replacing("&", with: "&amp;").replacing("\r", with: "&#13;")
            web.answer(
                207,
                """
                <?xml version="1.0"?>
                <multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><response>
                <href>/a.ics</href><propstat><prop><C:calendar-data>\(data)</C:calendar-data></prop>
                <status>HTTP/1.1 200 OK</status></propstat></response></multistatus>
                """)
            let id = try await school.addCalendar([
                "kind": "caldav", "address": "https://dav.example/anna/work/", "username": "anna", "password": "tür",
            ])
            try await school.work()
            let request = try #require(web.requests.first)

            #expect(try await school.calendar(id)["health"]?.string == "ok")
            #expect(try await school.tuesdayStarts().count == 6)
            #expect(request.method == .report)
            #expect(request.credentials == WebRequest.Credentials(name: "anna", password: "tür"))
            #expect(request.headers.contains { $0.name == "depth" && $0.value == "1" })
            // A day before now, and the 60 days that can be booked with what is added to them.
            let body = String(decoding: request.body, as: UTF8.self)
            #expect(body.contains("start=\"20260301T080000Z\" end=\"20260517T080000Z\""))
        }
    }

    @Test(arguments: [
        ("<multistatus/>", "ok"), ("<a:multistatus xmlns:a='DAV:'></a:multistatus>", "ok"),
        ("<html></html>", "not_a_calendar"), ("", "not_a_calendar"), ("<multistatus>", "not_a_calendar"),
        ("<!DOCTYPE x [<!ENTITY a \"b\">]><multistatus>&a;</multistatus>", "not_a_calendar"),
        ("<multistatus>&a;</multistatus>", "not_a_calendar"),
        ("<multistatus><response><status>HTTP/1.1 507 No</status></response></multistatus>", "cut_off"),
        ("<multistatus><calendar-data>no calendar</calendar-data></multistatus>", "not_a_calendar"),
        ("<multistatus><!-- a --><![CDATA[<x>]]></multistatus>", "ok"),
    ])
    func answersOfCollectionsAreReadWithCare(_ body: String, _ expected: String) async throws {
        try await withCalendars(.sqlite) { school, web in
            web.answer(207, body)
            let id = try await school.addCalendar(["kind": "caldav"])
            try await school.work()
            let shown = try await school.calendar(id)
            #expect(shown["failure"]?["code"]?.string ?? shown["health"]?.string == expected)
        }
    }
}
