import AlmanacKernel
import AlmanacPages
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

@testable import AlmanacConsole
@testable import AlmanacSurface

/// The calendar without scripts.
struct CalendarPageTests {
    /// How an item says when it is.
    private static func time(_ from: String, _ until: String) -> String {
        "<span class=\"cal-time\">\(from)<span class=\"cal-until\">–\(until)</span></span>"
    }

    @Test(arguments: TestEngine.allCases)
    func aWeekShowsWhatOverlapsWithIt(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let lesson = try await school.book("2026-03-03T10:00:00+01:00", of: "lesson")
            let late = try await school.book("2026-03-08T23:30:00+01:00", with: school.second)
            let after = try await school.book("2026-03-09T10:00:00+01:00")
            let browser = try await school.platform.browser(as: .admin)

            let home = await browser.get("/console")
            #expect(home.text.contains("href=\"/console/calendar\"") || home.header("location") == "/console/calendar")
            let week = await browser.get("/console/calendar?date=2026-03-04&zone=Europe/Berlin")
            #expect(week.status == 200)
            #expect(week.text.contains("Mon 2 Mar 2026 – Sun 8 Mar 2026"))
            #expect(week.text.contains("href=\"/console/bookings/\(lesson.id)\""))
            #expect(week.text.contains(Self.time("10:00", "11:00")))
            #expect(week.text.contains("Golf &lt;1&gt;"))
            #expect(week.text.contains("href=\"/console/bookings/\(late.id)\""))
            #expect(week.text.contains(Self.time("23:30", "…")))
            #expect(!week.text.contains(after.id))
            // What goes on over midnight is there on both days.
            let next = await browser.get("/console/calendar?date=2026-03-09&zone=Europe/Berlin")
            #expect(next.text.contains("href=\"/console/bookings/\(late.id)\""))
            #expect(next.text.contains(Self.time("…", "00:30")))
            #expect(next.text.contains(after.id) && !next.text.contains(lesson.id))
            // The first hour of the tests' day is before the usual ones.
            #expect(week.text.contains("data-now=\"2026-03-02T08:00:00Z\""))
            #expect(!next.text.contains("data-now"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func lanesAreChosenAndHaveColumnsOfTheirOwnOnADay(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let lesson = try await school.book("2026-03-03T10:00:00+01:00", of: "lesson")
            let other = try await school.book("2026-03-03T10:00:00+01:00", with: school.second)
            let browser = try await school.platform.browser(as: .admin)
            let day = "/console/calendar?view=day&date=2026-03-03&zone=Europe/Berlin"
            let columns = { (page: Browser.Page) in page.text.ranges(of: "data-column").count }

            let all = await browser.get(day)
            #expect(columns(all) == 1)
            #expect(all.text.contains("c0 n2") && all.text.contains("c1 n2"))
            let one = await browser.get("\(day)&providers=\(school.second)")
            #expect(one.text.contains(other.id) && !one.text.contains("bookings/\(lesson.id)"))
            let both = await browser.get("\(day)&providers=\(school.first)&providers=\(school.second)")
            #expect(columns(both) == 2)
            #expect(!both.text.contains("n2"))
            // A car and the one who drives in it: what belongs to both is in both columns.
            let mixed = await browser.get("\(day)&providers=\(school.first)&resources=\(school.car)")
            #expect(columns(mixed) == 2)
            #expect(mixed.text.ranges(of: "href=\"/console/bookings/\(lesson.id)\"").count == 2)
            #expect(!mixed.text.contains("bookings/\(other.id)"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aMonthShowsAFewOfEachDayAndSaysHowManyMore(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            for hour in 10..<17 { _ = try await school.book("2026-03-03T\(hour):00:00+01:00") }
            let browser = try await school.platform.browser(as: .admin)
            let month = await browser.get("/console/calendar?view=month&date=2026-03-20&zone=Europe/Berlin")
            #expect(month.text.contains("Mar 2026"))
            // From Monday 23 February to Sunday 5 April.
            #expect(month.text.ranges(of: "class=\"cal-cell").count == 42)
            #expect(month.text.ranges(of: "data-item=").count == 4)
            #expect(month.text.contains("3 more"))
            let leap = await browser.get("/console/calendar?view=month&date=2027-02-10&zone=Europe/Berlin")
            #expect(leap.text.ranges(of: "class=\"cal-cell").count == 28)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theClockOfAnotherZoneIsShownWithTheOneOfThePlace(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            _ = try await school.book("2026-03-03T10:00:00+01:00")
            let browser = try await school.platform.browser(as: .admin)
            let there = await browser.get("/console/calendar?date=2026-03-03&zone=Europe/Berlin")
            #expect(there.text.contains(Self.time("10:00", "11:00")))
            #expect(!there.text.contains("cal-there"))
            let here = await browser.get("/console/calendar?date=2026-03-03&zone=America/New_York")
            #expect(here.text.contains(Self.time("04:00", "05:00")))
            #expect(here.text.contains("10:00–11:00 Europe/Berlin"))
            let wrong = await browser.get("/console/calendar?date=nonsense&zone=Nowhere/Else&view=decade")
            #expect(wrong.status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsPendingIsDecidedInPlace(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let asked = try await school.book("2026-03-03T10:00:00+01:00", of: "test")
            let other = try await school.book("2026-03-03T12:00:00+01:00", of: "test")
            let browser = try await school.platform.browser(as: .admin)
            let address = "/console/calendar?view=week&date=2026-03-03&zone=Europe%2FBerlin"
            let week = await browser.get(address)
            #expect(week.text.contains("Pending"))
            #expect(week.text.contains("action=\"/console/bookings/\(asked.id)/do/approve\""))

            let fields = [("csrf", week.hidden("csrf") ?? ""), ("back", address), ("version", "\"1\"")]
            let confirmed = await browser.post("/console/bookings/\(asked.id)/do/approve", fields)
            #expect(confirmed.status == 303)
            #expect(confirmed.header("location") == "\(address)&did=acted")
            let after = await browser.get(address)
            #expect(!after.text.contains("\(asked.id)/do/approve"))
            let status = try await school.admin.get("/api/v1/bookings/\(asked.id)").expect(200)["status"]?.string
            #expect(status == "confirmed")

            let rejected = await browser.post("/console/bookings/\(other.id)/do/reject", fields)
            #expect(rejected.status == 303)
            // What will not take place is left out, unless it is asked for.
            let without = await browser.get(address)
            #expect(!without.text.contains(other.id))
            let with = await browser.get("\(address)&also=hidden")
            #expect(with.text.contains(other.id))
            // A form leads back to pages of the console only.
            let evil = fields.map { $0.0 == "back" ? ("back", "https://example.org/?") : $0 }
            let third = try await school.book("2026-03-03T14:00:00+01:00", of: "test")
            let kept = await browser.post("/console/bookings/\(third.id)/do/approve", evil)
            #expect(kept.header("location") == "/console/bookings/\(third.id)?did=acted")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMayNotSeeItFindsNothingAndProvidersSeeTheirOwn(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let own = try await school.book("2026-03-03T10:00:00+01:00", with: school.first)
            let other = try await school.book("2026-03-03T10:00:00+01:00", with: school.second)
            let address = "/console/calendar?date=2026-03-03&zone=Europe/Berlin"
            let provider = try await school.platform.browser(as: .provider)
            let page = await provider.get(address)
            #expect(page.status == 200)
            #expect(page.text.contains(own.id))
            #expect(!page.text.contains(other.id))
            // Asking for somebody else's lane shows nothing of theirs.
            let lane = await provider.get("\(address)&providers=\(school.second)")
            #expect(!lane.text.contains(other.id))

            // Who may see no bookings finds neither the page nor what belongs to it.
            try await school.admin.post("/api/v1/roles", ["name": "watchman", "title": "Watchman"]).expect(201)
            let user = try school.platform.user(.otherCustomer).id
            let changed = await school.admin.send(
                "PUT", "/api/v1/users/\(user)/roles", json: ["roles": ["watchman"]], headers: [("If-Match", "*")])
            try changed.expect(200)
            let none = try await school.platform.browser(as: .otherCustomer)
            let menu = await none.get("/console/sessions-of-mine")
            #expect(menu.status == 200 && !menu.text.contains("/console/calendar"))
            for address in ["calendar", "calendar/-/part", "calendar/-/live", "calendar?view=month"] {
                let page = await none.get("/console/\(address)")
                #expect(page.status == 404, "\(address)")
            }

            let stranger = try await school.platform.browser()
            let asked = await stranger.get("/console/calendar")
            #expect(asked.status == 303)
            #expect(asked.header("location")?.hasPrefix("/console/sign-in") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsMadeBeginsWithTheStartAndTheLaneOfItsColumn(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let browser = try await school.platform.browser(as: .admin)
            let form = await browser.get(
                "/console/bookings/-/new?start=2026-03-03T09:00:00Z&provider=\(school.second)"
                    + "&back=/console/calendar%3Fview=week%26date=2026-03-03")
            #expect(form.text.contains("value=\"2026-03-03T09:00\""))
            #expect(form.text.contains("value=\"\(school.second)\" selected"))
            #expect(form.text.contains("name=\"back\" value=\"/console/calendar?view=week&amp;date=2026-03-03\""))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aMoveThatIsRefusedIsExplained(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let taken = try await school.book("2026-03-03T10:00:00+01:00")
            let moved = try await school.book("2026-03-03T14:00:00+01:00")
            let browser = try await school.platform.browser(as: .admin)
            let back = "/console/calendar?view=week&date=2026-03-03"
            let place = "/console/bookings/\(moved.id)/do/reschedule"
            let form = await browser.get("\(place)?start=2026-03-03T09:00:00Z&back=\(back.replacing("&", with: "%26"))")
            #expect(form.text.contains("value=\"2026-03-03T09:00\""))
            // What would come of it is said before.
            #expect(form.text.contains("No fee is due for it now."))
            // What is free stands there to be chosen.
            #expect(form.text.contains("name=\"start.chosen-slot\" value=\"2026-03-03T10:00:00Z\""))
            #expect(!form.text.contains("name=\"start.chosen-slot\" value=\"2026-03-03T09:00:00Z\""))

            let refused = await browser.submit(form, to: place, [("start", "2026-03-03T09:00"), ("back", back)])
            #expect(refused.status == 409)
            // The engine says what stands in the way.
            let number = try #require(taken["number"]?.string)
            #expect(refused.text.contains("Tue 3 Mar 09:00–10:00 \(number)"), "\(refused.text)")
            let still = try await school.admin.get("/api/v1/bookings/\(moved.id)").expect(200)["start"]?.string
            #expect(still == "2026-03-03T13:00:00Z")

            // Asking for other times sends nothing.
            let later = await browser.submit(
                refused, to: place,
                [("start", "2026-03-03T09:00"), ("back", back), ("show-slots", "7"), ("slots-from", "2026-03-03")])
            #expect(later.status == 200)
            #expect(later.text.contains("name=\"start.chosen-slot\" value=\"2026-03-10T10:00:00Z\""))
            let done = await browser.submit(
                later, to: place,
                [("start", "2026-03-03T09:00"), ("start.chosen-slot", "2026-03-10T10:00:00Z"), ("back", back)])
            #expect(done.status == 303)
            #expect(done.header("location") == "\(back)&did=acted")
            let now = try await school.admin.get("/api/v1/bookings/\(moved.id)").expect(200)["start"]?.string
            #expect(now == "2026-03-10T10:00:00Z")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func daysOf23And25HoursAreShownWithTheirHours(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let browser = try await school.platform.browser(as: .admin)
            let long = await browser.get("/console/calendar?view=day&date=2026-10-25&zone=Europe/Berlin&hours=all")
            #expect(long.text.contains("The clock shows twice 02:00–03:00"))
            #expect(long.text.contains("cal-grid l25"))
            #expect(long.text.ranges(of: ">02:00</span>").count == 2)
            let short = await browser.get("/console/calendar?view=week&date=2026-03-29&zone=Europe/Berlin&hours=all")
            #expect(short.text.contains("The clock leaves out 02:00–03:00"))
            #expect(short.text.contains("data-stretches=\"0:120:"))
        }
    }

    /// In the night in which the clock is put back there are two times of one name: a form keeps the one that was meant.
    @Test func aStartOfADoubleHourIsKeptUntilItIsChanged() throws {
        let zone = try Zone("Europe/Berlin")
        let field = ConsoleField(
            name: "start", kind: .instant, isRequired: true, isNullable: false, about: nil, defaultValue: nil)
        for start in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"] {
            var state = FormState()
            state.fill("start", .instant, with: .string(start), in: zone)
            #expect(state.first("start") == "2026-10-25T02:30")
            #expect(FormReader(state: state, zone: zone).value(field, at: "start")?.string == start)
            let sent = [("start", "2026-10-25T03:30"), ("start\(FormState.exactSuffix)", start)]
            let changed = FormReader(state: FormState(sent.map { (name: $0.0, value: $0.1) }), zone: zone)
            #expect(changed.value(field, at: "start")?.string == "2026-10-25T02:30:00Z")
        }
    }

    /// Lists by provider, by vehicle and by what overlaps with a stretch of time.
    @Test(arguments: TestEngine.allCases)
    func theListTakesWhatACalendarAsks(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let lesson = try await school.book("2026-03-03T10:00:00+01:00", of: "lesson")
            let other = try await school.book("2026-03-03T10:00:00+01:00", with: school.second)
            func list(_ query: String, _ client: APIClient? = nil) async throws -> Set<String> {
                let answer = await (client ?? school.admin).get("/api/v1/bookings?\(query)")
                return Set(try answer.expect(200)["items"]?.array?.map(\.id) ?? [])
            }
            #expect(try await list("providers=\(school.first)") == [lesson.id])
            #expect(try await list("providers=\(school.first)&providers=\(school.second)") == [lesson.id, other.id])
            #expect(try await list("resources=\(school.car)") == [lesson.id])
            // The ends touch without overlapping.
            let cases = [
                ("endsAfter=2026-03-03T10:00:00Z", false), ("endsAfter=2026-03-03T09:59:59Z", true),
                ("startsBefore=2026-03-03T09:00:00Z", false), ("startsBefore=2026-03-03T09:00:01Z", true),
            ]
            for (query, isThere) in cases {
                #expect(try await list(query).contains(lesson.id) == isThere, "\(query)")
            }
            // Which car it is, is for the staff: asking does not tell either.
            let asked = await school.customer.get("/api/v1/bookings?resources=\(school.car)")
            try asked.expect(422)
            // A provider who asks for another's finds nothing.
            let provider = try await school.platform.client(as: .provider)
            #expect(try await list("providers=\(school.second)", provider).isEmpty)
        }
    }

    /// Who takes part in a session is not shown beside each other, but as one with all of them in it.
    @Test(arguments: TestEngine.allCases)
    func seatsOfASessionAreOneItem(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let made = await school.admin.post(
                "/api/v1/sessions",
                [
                    "eventType": "talk", "title": "Theory", "capacity": 5, "hosts": [.string(school.first)],
                    "parts": [["start": "2026-03-05T17:00:00Z", "end": "2026-03-05T19:00:00Z"]],
                ])
            let session = try made.expect(201).id
            let other = try await school.platform.client(as: .otherCustomer)
            var ids: [String] = []
            for client in [school.customer, other] {
                let booked = await client.post(
                    "/api/v1/bookings",
                    ["eventType": "talk", "start": "2026-03-05T17:00:00Z", "session": .string(session)])
                ids.append(try booked.expect(201).id)
            }
            let browser = try await school.platform.browser(as: .admin)
            let day = await browser.get("/console/calendar?view=day&date=2026-03-05&zone=Europe/Berlin")
            #expect(day.text.ranges(of: "data-item=").count == 1)
            #expect(day.text.contains("2 Bookings"))
            for id in ids { #expect(day.text.contains("href=\"/console/bookings/\(id)\"")) }
            #expect(!day.text.contains("data-move="))
        }
    }
}
