import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacBookingPages

struct ManagingTests {
    private static let withFees = Practice.lesson.with(
        "policies",
        [
            "cancellation": [
                "tiers": [["untilMinutes": 2_880, "percent": 0], ["percent": 50]]
            ],
            "rescheduling": ["tiers": [["percent": 0]], "most": 2],
        ])

    @Test(arguments: TestEngine.allCases)
    func cancellingShowsWhatItCostsBefore(_ engine: TestEngine) async throws {
        try await withPractice(engine, lesson: Self.withFees) { practice in
            let browser = practice.browser()
            let form = await practice.choose(Practice.tuesday(9), in: browser)
            #expect(form.text.contains("Until 2 days before the beginning: free of charge"))
            #expect(form.text.contains("After that: 50 % of the price"))
            _ = await browser.submit(form, to: form.action, Practice.guest)
            let asked = await browser.get("/book/manage/cancel")
            #expect(asked.status == 200)
            #expect(asked.text.contains("This costs €32.50 now."))
            let booked1 = try await practice.booked()
            #expect(booked1.first?["status"]?.string == "confirmed")
            let done = await browser.submit(asked, to: "/book/manage/cancel", [("reason", "Ill")])
            #expect(done.header("location") == "/book/manage?did=cancelled")
            let page = await browser.get("/book/manage")
            #expect(page.text.contains("Cancelled"))
            #expect(!page.text.contains("/book/manage/cancel"))
            // The same form once more does nothing more.
            let again = await browser.submit(asked, to: "/book/manage/cancel", [("reason", "Ill")])
            #expect(again.status == 303)
            let late = await browser.get("/book/manage/cancel")
            #expect(late.text.contains("This is not possible any more."))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func movingAsksBeforeItMoves(_ engine: TestEngine) async throws {
        try await withPractice(engine, lesson: Self.withFees) { practice in
            let browser = practice.browser()
            _ = await practice.book(Practice.tuesday(9), in: browser)
            let list = await browser.get("/book/manage/reschedule")
            #expect(list.status == 200)
            #expect(list.text.contains("Tue 3 Mar 2026, 09:00 – 10:00"))
            #expect(list.text.contains("value=\"\(Practice.tuesday(14))\""))
            let time = RequestText.encoded(Practice.tuesday(14))
            let asked = await browser.get("/book/manage/reschedule?time=\(time)&zone=Europe%2FBerlin")
            #expect(asked.text.contains("This costs nothing now."))
            #expect(asked.text.contains("Tue 3 Mar 2026, 14:00"))
            let moved = await browser.submit(
                asked, to: "/book/manage/reschedule", [("time", Practice.tuesday(14))])
            #expect(moved.header("location") == "/book/manage?did=moved")
            let booked2 = try await practice.booked()
            #expect(booked2.first?["start"]?.string == Practice.tuesday(14))
            // Taken by somebody else meanwhile.
            _ = await practice.book(Practice.tuesday(10), in: practice.browser())
            let fresh = await browser.get("/book/manage/reschedule?time=\(time)")
            let late = await browser.submit(
                fresh, to: "/book/manage/reschedule", [("time", Practice.tuesday(10))])
            #expect(late.status == 409)
            let booked3 = try await practice.booked()
            #expect(booked3.contains { $0["start"]?.string == Practice.tuesday(14) })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aCodeOpensABookingAndStandsInNoAddress(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booker = practice.browser()
            let page = await practice.book(Practice.tuesday(9), in: booker)
            let link = try #require(page.text.firstRange(of: "/book/manage#token="))
            let token = String(page.text[link.upperBound...].prefix { $0 != "\"" })

            let other = practice.browser()
            let form = await other.get("/book/manage")
            #expect(form.status == 200)
            let wrong = await other.submit(form, to: "/book/manage", [("token", String(token.reversed()))])
            #expect(wrong.status == 422)
            let odd = await other.submit(form, to: "/book/manage", [("token", "a; Path=/x")])
            #expect(odd.status == 422)
            #expect(other.cookies["almanac-guest"] == nil)
            let opened = await other.submit(form, to: "/book/manage", [("token", " \(token)\r\n")])
            #expect(opened.header("location") == "/book/manage")
            let booking = await other.get("/book/manage")
            #expect(booking.text.contains("Driving lesson"))
            // The link is shown to whoever has just booked, and not on each page.
            #expect(!booking.text.contains(token))
            for page in [page, opened, booking] {
                #expect(page.header("referrer-policy") == "same-origin")
                #expect(page.header("location")?.contains(token) != true)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aLostCodeIsSentAgainAndTellsNothing(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booker = practice.browser()
            _ = await practice.book(Practice.tuesday(9), in: booker)
            let booked4 = try await practice.booked()
            let number = try #require(booked4.first?["number"]?.string)
            let browser = practice.browser()
            var texts: [String] = []
            for email in ["gast@example.org", "nobody@example.org"] {
                let form = await browser.get("/book/manage")
                let sent = await browser.submit(
                    form, to: "/book/manage/resend", [("email", email), ("number", number)])
                #expect(sent.status == 200)
                #expect(sent.text.contains("If address and number belong together"))
                texts.append(
                    sent.text.replacing(email, with: "").replacing(/value="[^"]{15,}"/, with: "")
                        .replacing(/nonce="[^"]*"/, with: ""))
            }
            #expect(texts[0] == texts[1])
        }
    }

    /// Whoever has an account was mailed no code: they sign in, and come back to what the mail named.
    @Test func whoComesByALinkIsAskedToSignIn() async throws {
        try await withPractice(.sqlite) { practice in
            let id = "0190a1b2-c3d4-7e5f-8a6b-0123456789ab"
            for (page, name) in [("manage", "booking"), ("waitlist", "entry")] {
                let browser = practice.browser()
                let named = await browser.get("/book/\(page)?\(name)=\(id)&organization=north")
                let target = RequestText.encoded("/book/\(page)?\(name)=\(id)&organization=north")
                #expect(named.status == 200)
                #expect(named.text.contains("button primary\" href=\"/console/sign-in?next=\(target)\""))
                let framed = await browser.get("/book/\(page)?\(name)=\(id)&embed=1")
                #expect(!framed.text.contains("button primary\" href=\"/console/sign-in"))
                let bare = await browser.get("/book/\(page)")
                #expect(!bare.text.contains("button primary\" href=\"/console/sign-in"))
            }
        }
    }

    // MARK: Dates with seats, and waiting

    private func makeRetreat(_ practice: Practice, capacity: Int) async throws -> String {
        let type: JSON = [
            "slug": "retreat", "name": ["en": "Silent days", "de": "Stille Tage"], "durationMinutes": 60,
            "price": ["amount": 2_000, "currency": "EUR"], "providers": [], "allowsGuests": true,
        ]
        try await practice.admin.post("/api/v1/event-types", type).expect(201)
        let made = await practice.admin.post(
            "/api/v1/sessions",
            [
                "eventType": "retreat", "title": ["en": "Silence in spring"], "capacity": .number(JSONNumber(capacity)),
                "parts": [["start": "2026-03-07T17:00:00Z", "end": "2026-03-07T19:00:00Z"]],
                "hosts": [.string(practice.provider)],
            ])
        let id = try made.expect(201)["id"]?.string ?? ""
        if made.json["status"]?.string == "draft" {
            try await practice.admin.post("/api/v1/sessions/\(id)/schedule", [:]).expect(200)
        }
        return id
    }

    @Test(arguments: TestEngine.allCases)
    func seatsOfADateAreBookedUntilItIsFull(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let id = try await self.makeRetreat(practice, capacity: 2)
            let browser = practice.browser()
            let first = await browser.get("/book")
            #expect(first.text.contains("Silence in spring"))
            #expect(first.text.contains("2 seats left"))
            let list = await browser.get("/book/retreat")
            let held = await browser.submit(list, to: "/book/retreat", [("date", id), ("seats", "2")])
            #expect(held.status == 303)
            let form = await browser.get(try #require(held.header("location")))
            #expect(form.text.contains("Silence in spring"))
            #expect(form.text.contains("€40.00"))
            let sent = await browser.submit(
                form, to: form.action, Practice.guest + [("d.a0.name", "Ben"), ("d.a0.email", "ben@example.org")])
            #expect(sent.status == 303)
            let full = await practice.browser().get("/book/retreat")
            #expect(full.text.contains("Full"))
            #expect(full.text.contains("/book/retreat/wait?date=\(id)"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatBecomesFreeIsOfferedToThoseWhoWait(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let id = try await self.makeRetreat(practice, capacity: 1)
            let booker = practice.browser()
            let list = await booker.get("/book/retreat")
            let held = await booker.submit(list, to: "/book/retreat", [("date", id)])
            let form = await booker.get(try #require(held.header("location")))
            _ = await booker.submit(form, to: form.action, Practice.guest)

            let waiter = practice.browser()
            let wish = await waiter.get("/book/retreat/wait?date=\(id)")
            #expect(wish.status == 200)
            let wrong = await waiter.submit(
                wish, to: "/book/retreat/wait", [("date", id), ("d.familyName", "Wartend"), ("d.email", "x")])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("href=\"#d-email\""))
            let joined = await waiter.submit(
                wrong, to: "/book/retreat/wait",
                [("date", id), ("d.familyName", "Wartend"), ("d.email", "warten@example.org")])
            #expect(joined.header("location") == "/book/waitlist?did=joined")
            let waiting = await waiter.get("/book/waitlist")
            #expect(waiting.text.contains("You are on the list."))

            let asked = await booker.get("/book/manage/cancel")
            _ = await booker.submit(asked, to: "/book/manage/cancel", [])
            try await practice.settle()
            let offered = await waiter.get("/book/waitlist")
            #expect(offered.text.contains("This is offered to you"))
            #expect(offered.text.contains("Sat 7 Mar 2026, 18:00 – 20:00"))
            let taken = await waiter.submit(offered, to: "/book/waitlist/accept", [("d.notes", "Thanks")])
            #expect(taken.header("location") == "/book/manage?did=booked")
            let page = await waiter.get("/book/manage?did=booked")
            #expect(page.text.contains("Confirmed"))
            #expect(page.text.contains("Thanks"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aWishForAUsualTimeIsNotedAndWithdrawn(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let browser = practice.browser()
            let wish = await browser.get("/book/lesson/wait")
            let joined = await browser.submit(
                wish, to: "/book/lesson/wait",
                [
                    ("weekday", "2"), ("weekday", "4"), ("after", "14:00"), ("before", ""), ("from", "2026-03-05"),
                    ("to", ""), ("d.familyName", "Wartend"), ("d.email", "warten@example.org"),
                ])
            #expect(joined.header("location") == "/book/waitlist?did=joined")
            let waiting = await browser.get("/book/waitlist")
            let gone = await browser.submit(waiting, to: "/book/waitlist/withdraw", [])
            #expect(gone.header("location") == "/book/waitlist?did=withdraw")
            let after = await browser.get("/book/waitlist?did=withdraw")
            #expect(after.text.contains("You are not on the waiting list any more."))
        }
    }
}
