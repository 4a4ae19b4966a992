import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacBookingPages

/// What belongs to somebody else, or comes too often, or from somewhere else.
struct GuardTests {
    private static let fewHolds = RateLimits([
        .reset: .init(perAddress: RateLimit(requests: 2, seconds: 60, burst: 2))
    ])
    private static let fewReads = RateLimits([
        .public: .init(perAddress: RateLimit(requests: 1, seconds: 60, burst: 1))
    ])

    @Test(arguments: TestEngine.allCases)
    func whoComesTooOftenIsAskedForPatience(_ engine: TestEngine) async throws {
        try await withPractice(engine, limits: Self.fewHolds) { practice in
            let browser = practice.browser()
            for hour in [9, 10] {
                let form = await practice.choose(Practice.tuesday(hour), in: browser)
                #expect(form.status == 200)
            }
            let late = await practice.choose(Practice.tuesday(11), in: browser)
            #expect(late.status == 429)
            #expect(late.text.contains("Too many requests came from your connection."))
            let seconds = try #require(late.header("retry-after").flatMap { Int($0) })
            #expect((1...60).contains(seconds))
            #expect(late.text.contains("in \(seconds) seconds"))
            // Where hosts count together, it is by the clock of the database.
            guard engine == .sqlite else { return }
            practice.platform.clock.advance(seconds: Int64(seconds))
            let again = await practice.choose(Practice.tuesday(11), in: browser)
            #expect(again.status == 200)
        }
    }

    @Test(arguments: ["/book", "/book/lesson", "/book/lesson/wait"])
    func pagesThatCannotBeReadNowSaySo(_ address: String) async throws {
        try await withPractice(.sqlite, limits: Self.fewReads) { practice in
            let browser = practice.browser("de")
            _ = await browser.get(address)
            let page = await browser.get(address)
            #expect(page.status == 429)
            #expect(page.header("retry-after") != nil)
            #expect(page.text.contains("zu viele Anfragen"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatSomebodyElseHoldsCannotBeBooked(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let (one, two) = (practice.browser(), practice.browser())
            let theirs = await practice.choose(Practice.tuesday(9), in: one)
            let own = await practice.choose(Practice.tuesday(10), in: two)
            let place = theirs.action
            #expect(place.contains("hold="))
            let page = await two.get(place)
            #expect(page.status == 409)
            #expect(page.text.contains("not kept for you any more"))
            let sent = await two.submit(own, to: place, Practice.guest)
            #expect(sent.status == 409)
            let none = try await practice.booked()
            #expect(none.isEmpty)
            // Nor by those who have signed in.
            let customer = practice.browser()
            _ = await customer.signIn(.customer)
            let foreign = await customer.get(place)
            #expect(foreign.status == 409)
            // Both still have what they hold.
            let sentByOne = await one.submit(theirs, to: place, Practice.guest)
            let sentByTwo = await two.submit(own, to: own.action, Practice.guest)
            #expect(sentByOne.status == 303 && sentByTwo.status == 303)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aCodeOpensNoOtherBooking(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let (one, two) = (practice.browser(), practice.browser())
            _ = await practice.book(Practice.tuesday(9), in: one)
            _ = await practice.book(Practice.tuesday(10), in: two)
            let all = try await practice.booked()
            let first = try #require(all.first { $0["start"]?.string == Practice.tuesday(9) }?["id"]?.string)
            let own = await one.get("/book/manage?booking=\(first)")
            #expect(own.text.contains("Tue 3 Mar 2026, 09:00"))
            let other = await two.get("/book/manage?booking=\(first)")
            #expect(!other.text.contains("09:00"))
            #expect(other.text.contains("Enter the code from our mail."))
            for part in ["cancel", "reschedule", "answers", "calendar.ics"] {
                let page = await two.get("/book/manage/\(part)?booking=\(first)")
                #expect(page.header("location") == "/book/manage", "\(part)")
            }
            let form = await two.get("/book/manage/cancel")
            let sent = await two.submit(form, to: "/book/manage/cancel?booking=\(first)", [])
            #expect(sent.header("location") == "/book/manage")
            let after = try await practice.booked()
            #expect(after.allSatisfy { $0["status"]?.string == "confirmed" })

            // A code that the staff have replaced opens nothing, on a page that says so.
            try await practice.admin.post("/api/v1/bookings/\(first)/guest-access").expect(202)
            let over = await one.get("/book/manage")
            #expect(over.status == 200)
            #expect(over.text.contains("Enter the code from our mail."))
        }
    }

    @Test("v5.0.0-3.5.1 no form of the pages works from elsewhere", arguments: TestEngine.allCases)
    func noFormWorksFromElsewhere(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let browser = practice.browser()
            _ = await practice.book(Practice.tuesday(9), in: browser)
            let page = await browser.get("/book/manage")
            let token = try #require(page.hidden("csrf"))
            let forms: [(String, [(String, String)])] = [
                ("/book/lesson", [("time", Practice.tuesday(10))]), ("/book/manage", [("token", "a")]),
                ("/book/manage/resend", [("email", "gast@example.org"), ("number", "B-1")]),
                ("/book/manage/close", []), ("/book/manage/cancel", []),
                ("/book/manage/reschedule", [("time", Practice.tuesday(11))]), ("/book/manage/answers", []),
                ("/book/lesson/wait", [("d.familyName", "Gast"), ("d.email", "gast@example.org")]),
                ("/book/waitlist", [("token", "a")]), ("/book/waitlist/accept", []),
                ("/book/waitlist/withdraw", []),
            ]
            for (address, fields) in forms {
                let proven = fields + [("csrf", token)]
                let refused = [
                    await browser.post(address, fields),
                    await browser.post(address, fields + [("csrf", String(token.reversed()))]),
                    await browser.post(address, proven, headers: [("sec-fetch-site", "cross-site")]),
                    await browser.post(address, proven, headers: [("sec-fetch-site", "same-site")]),
                    await browser.post(address, proven, headers: [("origin", "https://evil.test")]),
                    await practice.browser().post(address, proven),
                ]
                #expect(refused.map(\.status) == [403, 403, 403, 403, 403, 403], "\(address)")
            }
            // Forms of other types are sent without asking first, too.
            let cookies = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            for type in ["text/plain", "multipart/form-data; boundary=x", "application/json"] {
                let answer = await practice.api.respond(
                    to: APIRequest(
                        method: "POST", path: "/book/manage/close", query: nil,
                        headers: [("host", "north.pages.test"), ("cookie", cookies), ("content-type", type)],
                        body: Array("csrf=\(token)".utf8), address: "192.0.2.7"))
                #expect(answer.status == 403, "\(type)")
            }
            let booked = try await practice.booked()
            #expect(booked.count == 1)
            #expect(booked.first?["status"]?.string == "confirmed")
            #expect(booked.first?["start"]?.string == Practice.tuesday(9))
            let still = await browser.get("/book/manage")
            #expect(still.text.contains("Confirmed"))
        }
    }

    @Test(arguments: [("de", "Das ist zu kurzfristig."), ("fr", "C’est trop proche pour être réservé.")])
    func refusalsAreInTheLanguageOfThePage(_ language: String, _ words: String) async throws {
        let lesson = Practice.lesson.with("minimumNoticeMinutes", 2_880)
        try await withPractice(.sqlite, lesson: lesson) { practice in
            let browser = practice.browser(language)
            let list = await browser.get("/book/lesson")
            let refused = await browser.submit(list, to: "/book/lesson", [("time", Practice.tuesday(9))])
            #expect(refused.status == 422)
            #expect(refused.text.contains(words))
        }
    }
}
