import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacBookingPages

struct GuestFlowTests {
    @Test(arguments: TestEngine.allCases)
    func threePagesLeadToABooking(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let browser = practice.browser()
            let first = await browser.get("/book")
            #expect(first.status == 200)
            #expect(first.text.contains("href=\"/book/lesson\">Driving lesson</a>"))
            #expect(first.text.contains("€65.00"))
            #expect(first.text.contains("Test &lt;School&gt;"))

            let week = await browser.get("/book/lesson")
            #expect(week.status == 200)
            #expect(week.text.contains("value=\"\(Practice.tuesday(9))\""))
            #expect(week.text.contains("Tue 3 Mar 2026"))
            #expect(week.text.contains("value=\"Europe/Berlin\" selected"))

            let held = await browser.submit(week, to: "/book/lesson", [("time", Practice.tuesday(9))])
            #expect(held.status == 303)
            let place = try #require(held.header("location"))
            #expect(
                !place.contains(browser.cookies["almanac-hold"]?.split(separator: "~").last.map(String.init) ?? "?"))
            let form = await browser.get(place)
            #expect(form.status == 200)
            #expect(form.text.contains("Kept for you until"))
            #expect(form.text.contains("Tue 3 Mar 2026, 09:00 – 10:00"))
            // Nobody else gets it meanwhile.
            let other = await practice.browser().get("/book/lesson")
            #expect(!other.text.contains("value=\"\(Practice.tuesday(9))\""))

            let sent = await browser.submit(form, to: place, Practice.guest)
            #expect(sent.status == 303)
            #expect(sent.header("location") == "/book/manage?did=booked")
            let page = await browser.get("/book/manage?did=booked")
            #expect(page.status == 200)
            #expect(page.text.contains("Confirmed"))
            #expect(page.text.contains("/book/manage#token="))
            let file = await browser.get("/book/manage/calendar.ics")
            #expect(file.header("content-type") == "text/calendar; charset=utf-8")
            #expect(file.text.contains("BEGIN:VEVENT"))
            let booked1 = try await practice.booked()
            #expect(booked1.count == 1)
            // What is kept on the device can be forgotten.
            let closed = await browser.submit(page, to: "/book/manage/close", [])
            #expect(closed.status == 303)
            #expect(browser.cookies["almanac-guest"] == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aFormThatIsSentTwiceBooksOnce(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let browser = practice.browser()
            let form = await practice.choose(Practice.tuesday(9), in: browser)
            let first = await browser.submit(form, to: form.action, Practice.guest)
            #expect(first.status == 303)
            _ = await browser.submit(form, to: form.action, Practice.guest)
            let booked2 = try await practice.booked()
            #expect(booked2.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTimeThatIsGoneLeadsBackWithWhatWasTyped(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let (one, two) = (practice.browser(), practice.browser())
            let (list, sameList) = (await one.get("/book/lesson"), await two.get("/book/lesson"))
            let start = Practice.tuesday(9)
            let held = await one.submit(list, to: "/book/lesson", [("time", start)])
            #expect(held.status == 303)
            let late = await two.submit(sameList, to: "/book/lesson", [("time", start)])
            #expect(late.status == 409)
            #expect(late.text.contains("has just been taken"))
            #expect(late.text.contains("value=\"\(Practice.tuesday(10))\""))

            // A hold that has ended: what was typed goes along to the next choice.
            let form = await one.get(try #require(held.header("location")))
            practice.platform.clock.advance(seconds: 1_500)
            let over = await one.submit(form, to: form.action, Practice.guest)
            #expect(over.status == 409)
            #expect(over.text.contains("not kept for you any more"))
            #expect(over.text.contains("name=\"d.email\" value=\"gast@example.org\""))
            let again = await one.submit(
                over, to: "/book/lesson", [("time", Practice.tuesday(11))] + Practice.guest)
            #expect(again.status == 200)
            #expect(again.text.contains("value=\"gast@example.org\""))
            let sent = await one.submit(again, to: again.action, Practice.guest)
            #expect(sent.status == 303)
            let booked3 = try await practice.booked()
            #expect(booked3.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func choosingAnotherTimeGivesTheFirstOneUp(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let browser = practice.browser()
            _ = await practice.choose(Practice.tuesday(9), in: browser)
            _ = await practice.choose(Practice.tuesday(11), in: browser)
            let other = await practice.browser().get("/book/lesson")
            #expect(other.text.contains("value=\"\(Practice.tuesday(9))\""))
            #expect(!other.text.contains("value=\"\(Practice.tuesday(11))\""))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsWrongIsSaidBesideTheField(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let browser = practice.browser()
            let form = await practice.choose(Practice.tuesday(9), in: browser)
            let wrong = await browser.submit(
                form, to: form.action,
                [("d.givenName", "Greta"), ("d.familyName", ""), ("d.email", "nowhere"), ("d.phone", "12")])
            #expect(wrong.status == 422)
            for id in ["d-familyName", "d-email", "d-phone"] {
                #expect(wrong.text.contains("href=\"#\(id)\""), "\(id)")
                #expect(wrong.text.contains("id=\"\(id)-error\""), "\(id)")
            }
            #expect(wrong.text.contains("value=\"nowhere\""))
            let sent = await browser.submit(wrong, to: wrong.action, Practice.guest)
            #expect(sent.status == 303)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func questionsAreAskedByTheirConditions(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let questions: JSON = [
                "questions": [
                    [
                        "name": "licence", "type": "singleChoice", "label": "Do you have a licence?", "required": true,
                        "options": [["value": "yes", "label": "Yes"], ["value": "no", "label": "Not yet"]],
                    ],
                    [
                        "name": "since", "type": "number", "label": "Since which year?", "required": true,
                        "conditions": [["question": "licence", "anyOf": ["yes"]]],
                    ],
                    [
                        "name": "days", "type": "multipleChoice", "label": "Good days",
                        "options": [["value": "mo", "label": "Mondays"], ["value": "tu", "label": "Tuesdays"]],
                    ],
                ]
            ]
            let set = await practice.admin.send(
                "PUT", "/api/v1/event-types/\(practice.lesson)/questions", json: questions,
                headers: [("If-Match", "\"1\"")])
            try set.expect(200)
            let browser = practice.browser()
            let form = await practice.choose(Practice.tuesday(9), in: browser)
            #expect(form.text.contains("Only if “Do you have a licence?” is answered with: Yes."))
            #expect(form.text.contains("data-when=\"[{"))
            let wrong = await browser.submit(form, to: form.action, Practice.guest + [("d.q.licence", "yes")])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("href=\"#d-q-since\""))
            #expect(wrong.text.contains("value=\"yes\" checked"))
            // What is not asked of somebody is not sent for them, whatever stands in its control.
            let sent = await browser.submit(
                wrong, to: wrong.action,
                Practice.guest + [
                    ("d.q.licence", "no"), ("d.q.since", "1999"), ("d.q.days", "mo"), ("d.q.days", "tu"),
                ])
            #expect(sent.status == 303)
            let page = await browser.get("/book/manage")
            #expect(page.text.contains("<dd>Not yet</dd>"))
            #expect(page.text.contains("<dd>Mondays, Tuesdays</dd>"))
            #expect(!page.text.contains("1999"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatHasToBeApprovedIsExplained(_ engine: TestEngine) async throws {
        try await withPractice(engine, lesson: Practice.lesson.with("requiresApproval", true)) { practice in
            let browser = practice.browser()
            let list = await browser.get("/book/lesson")
            #expect(list.text.contains("Has to be confirmed"))
            let page = await practice.book(Practice.tuesday(9), in: browser)
            #expect(page.text.contains("To be confirmed"))
            #expect(page.text.contains("This still has to be confirmed."))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatGuestsMayNotBookLeadsToSigningIn(_ engine: TestEngine) async throws {
        try await withPractice(engine, lesson: Practice.lesson.with("allowsGuests", false)) { practice in
            let browser = practice.browser()
            let list = await browser.get("/book/lesson")
            let refused = await browser.submit(list, to: "/book/lesson", [("time", Practice.tuesday(9))])
            #expect(refused.status == 403)
            #expect(refused.text.contains("/console/sign-in?next=%2Fbook%2Flesson"))
            let signedIn = await browser.signIn(.customer)
            #expect(signedIn.status == 303)
            let form = await practice.choose(Practice.tuesday(9), in: browser)
            #expect(form.status == 200)
            #expect(!form.text.contains("d.familyName"))
            let sent = await browser.submit(form, to: form.action, [("d.notes", "See you")])
            #expect(sent.status == 303)
            let page = await browser.get(try #require(sent.header("location")))
            #expect(page.status == 200)
            #expect(page.text.contains("See you"))
            // Somebody else's is nowhere.
            let other = practice.browser()
            _ = await other.signIn(.otherCustomer)
            let foreign = await other.get(try #require(sent.header("location")))
            #expect(foreign.status == 404)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anEmptyWeekLeadsToTheNextFreeDay(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let away = await practice.admin.send(
                "PUT", "/api/v1/providers/\(practice.provider)/absences",
                json: ["absences": [["from": "2026-03-01", "to": "2026-03-15"]]], headers: [("If-Match", "\"2\"")])
            try away.expect(200)
            let page = await practice.browser().get("/book/lesson?week=2026-03-02")
            #expect(page.text.contains("Nothing is free in this week."))
            #expect(page.text.contains("/book/lesson?week=2026-03-16"))
            // Who has asked for no week is there at once.
            let next = await practice.browser().get("/book/lesson")
            #expect(next.text.contains("Mon 16 Mar 2026"))
        }
    }
}
