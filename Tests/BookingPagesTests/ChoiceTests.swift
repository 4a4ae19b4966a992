import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacBookingPages

/// With whom, where, how often and from when on.
struct ChoiceTests {
    private static let weekly = Practice.lesson.with("allowsSeries", true)

    @Test(arguments: TestEngine.allCases)
    func oneOfSeveralPlacesIsChosen(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            var places: [JSON] = []
            for (name, line) in [("Nord", "Nordweg 1"), ("Süd", "Südweg 2")] {
                let made = await practice.admin.post(
                    "/api/v1/locations", ["name": .string(name), "addressLines": [.string(line)]])
                places.append(.string(try made.expect(201)["id"]?.string ?? ""))
            }
            _ = try await practice.makeType("talk", ["place": ["kind": "location", "locations": .array(places)]])
            let second = try #require(places.last?.string)

            let browser = practice.browser()
            let list = await browser.get("/book/talk")
            #expect(list.text.contains(">Nord</option>"))
            #expect(list.text.contains("value=\"\(second)\">Süd</option>"))
            let other = await browser.get("/book/talk?location=\(second)")
            #expect(other.text.contains("value=\"\(second)\" selected>Süd</option>"))
            #expect(other.text.contains("name=\"location\" value=\"\(second)\""))
            let form = await practice.choose(Practice.tuesday(9), in: browser, [("location", second)], of: "talk")
            #expect(form.text.contains("Süd\nSüdweg 2"))
            let sent = await browser.submit(form, to: form.action, Practice.guest)
            #expect(sent.status == 303)
            let page = await browser.get("/book/manage")
            #expect(page.text.contains("Südweg 2"))
            let booked = try await practice.booked()
            #expect(booked.first?["place"]?["location"]?.string == second)
        }
    }

    // MARK: Several weeks

    @Test(arguments: TestEngine.allCases)
    func aGuestBooksSeveralWeeks(_ engine: TestEngine) async throws {
        try await withPractice(engine, lesson: Self.weekly) { practice in
            let browser = practice.browser()
            let form = await practice.choose(Practice.tuesday(9), in: browser, [("weeks", "3")])
            #expect(form.status == 200)
            for day in ["3 Mar", "10 Mar", "17 Mar"] { #expect(form.text.contains("Tue \(day) 2026, 09:00 – 10:00")) }
            #expect(form.text.contains("€195.00"))
            let sent = await browser.submit(form, to: form.action, Practice.guest)
            #expect(sent.header("location") == "/book/manage?did=booked")
            let booked = try await practice.booked()
            #expect(booked.count == 3)

            // The page shows what comes next, and leads to the others; each can be changed by itself.
            let page = await browser.get("/book/manage?did=booked")
            #expect(page.text.contains("Booked together"))
            let last = try #require(
                booked.first { $0["start"]?.string?.hasPrefix("2026-03-17") == true }?["id"]?.string)
            #expect(page.text.contains("/book/manage?booking=\(last)"))
            let other = await browser.get("/book/manage?booking=\(last)")
            #expect(other.text.contains("<dd>Tue 17 Mar 2026, 09:00 – 10:00</dd>"))
            let asked = await browser.get("/book/manage/cancel?booking=\(last)")
            let done = await browser.submit(asked, to: "/book/manage/cancel?booking=\(last)", [])
            #expect(done.header("location") == "/book/manage?booking=\(last)&did=cancelled")
            let after = try await practice.booked()
            #expect(after.filter { $0["status"]?.string == "cancelled" }.map { $0["id"]?.string } == [last])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aCustomerBooksSeveralWeeks(_ engine: TestEngine) async throws {
        try await withPractice(engine, lesson: Self.weekly) { practice in
            // One of the weeks is somebody else's: the others are kept all the same, and it is said.
            let taken = try await practice.platform.client(as: .otherCustomer)
            let start = Practice.tuesday(9).replacing("03-03T", with: "03-10T")
            try await taken.post(
                "/api/v1/bookings",
                ["eventType": "lesson", "start": .string(start), "provider": .string(practice.provider)]
            ).expect(201)

            let browser = practice.browser()
            _ = await browser.signIn(.customer)
            let list = await browser.get("/book/lesson")
            #expect(list.text.contains("Weekly, 3 times"))
            let form = await practice.choose(Practice.tuesday(9), in: browser, [("weeks", "3")])
            #expect(form.status == 200)
            #expect(form.text.contains("These weeks cannot be had"))
            #expect(form.text.contains("<li>Tue 10 Mar 2026, 09:00"))
            #expect(form.text.contains("€130.00"))
            #expect(!form.text.contains("d.familyName"))
            let sent = await browser.submit(form, to: form.action, [("d.notes", "Every week")])
            let place = try #require(sent.header("location"))
            #expect(place.hasPrefix("/book/manage?booking="))
            let page = await browser.get(place)
            #expect(page.status == 200)
            #expect(page.text.contains("Every week"))
            #expect(page.text.contains("Tue 17 Mar 2026, 09:00 – 10:00"))
            let booked = try await practice.booked()
            #expect(booked.count == 3)
        }
    }

    // MARK: Anyone

    @Test(arguments: TestEngine.allCases)
    func whatIsAnyonesIsMovedToWhoeverIsFree(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let colleague = try await Practice.makeProvider("Ada", "Zweite", by: practice.admin)
            _ = try await practice.makeType("talk", ["providers": [.string(practice.provider), .string(colleague)]])
            let (browser, other) = (practice.browser(), practice.browser())
            for (one, hour) in [(browser, 9), (other, 14)] {
                let form = await practice.choose(
                    Practice.tuesday(hour), in: one, [("provider", practice.provider)], of: "talk")
                let sent = await one.submit(form, to: form.action, Practice.guest)
                #expect(sent.status == 303)
            }
            func provider(at hour: Int) async throws -> [String] {
                try await practice.booked().filter { $0["start"]?.string == Practice.tuesday(hour) }
                    .compactMap { $0["provider"]?["id"]?.string ?? $0["provider"]?.string }
            }

            // Whoever gives it stays with it where they are free.
            let list = await browser.get("/book/manage/reschedule")
            #expect(list.text.contains("value=\"\(Practice.tuesday(14))\""))
            func ask(_ hour: Int) async -> Browser.Page {
                await browser.get("/book/manage/reschedule?time=\(RequestText.encoded(Practice.tuesday(hour)))")
            }
            let first = await ask(11)
            let moved = await browser.submit(first, to: "/book/manage/reschedule", [("time", Practice.tuesday(11))])
            #expect(moved.header("location") == "/book/manage?did=moved")
            let kept = try await provider(at: 11)
            #expect(kept == [practice.provider])
            // Where they are not, it goes to who is.
            let second = await ask(14)
            let again = await browser.submit(second, to: "/book/manage/reschedule", [("time", Practice.tuesday(14))])
            #expect(again.header("location") == "/book/manage?did=moved")
            let both = try await provider(at: 14)
            #expect(Set(both) == [practice.provider, colleague])
        }
    }

    // MARK: From when on

    @Test(arguments: TestEngine.allCases)
    func aWeekBehindAllThatCanBeBookedLeadsBack(_ engine: TestEngine) async throws {
        let lesson = Practice.lesson.with("bookingWindowDays", 21)
        try await withPractice(engine, lesson: lesson) { practice in
            let browser = practice.browser()
            let page = await browser.get("/book/lesson?week=2026-08-10")
            #expect(page.text.contains("Nothing is free in this week."))
            #expect(page.text.contains("Go to the next free day"))
            #expect(page.text.contains("/book/lesson?week=2026-03-0"))
            // Where nothing is ever free nobody is led anywhere.
            let away = await practice.admin.send(
                "PUT", "/api/v1/providers/\(practice.provider)/absences",
                json: ["absences": [["from": "2026-03-01", "to": "2026-05-15"]]], headers: [("If-Match", "\"2\"")])
            try away.expect(200)
            let none = await browser.get("/book/lesson")
            #expect(none.text.contains("Nothing is free in the coming months either."))
        }
    }
}
