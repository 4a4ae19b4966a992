import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacBookingPages

/// What was answered with a booking, and changing it afterwards.
struct AnswersTests {
    private static let questions: JSON = [
        [
            "name": "licence", "type": "singleChoice", "label": "Do you have a licence?", "required": true,
            "options": [["value": "yes", "label": "I do"], ["value": "no", "label": "Not yet"]],
        ],
        [
            "name": "since", "type": "number", "label": "Since which year?", "required": true,
            "conditions": [["question": "licence", "anyOf": ["yes"]]],
        ],
        [
            "name": "days", "type": "multipleChoice", "label": "Good days",
            "options": [["value": "mo", "label": "Mondays"], ["value": "tu", "label": "Tuesdays"]],
        ],
        ["name": "glasses", "type": "boolean", "label": "Glasses?"],
    ]

    @Test(arguments: TestEngine.allCases)
    func answersAreChangedAfterwards(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await practice.ask(Self.questions)
            let browser = practice.browser()
            let answers = [("d.q.licence", "no"), ("d.q.days", "tu"), ("d.q.glasses", "true")]
            let page = await practice.book(Practice.tuesday(9), in: browser, Practice.guest + answers)
            #expect(page.text.contains("href=\"/book/manage/answers\""))

            // The form stands as it was sent.
            let form = await browser.get("/book/manage/answers")
            #expect(form.status == 200)
            for value in ["no", "tu", "true"] { #expect(form.text.contains("value=\"\(value)\" checked")) }
            for value in ["yes", "mo", "false"] { #expect(!form.text.contains("value=\"\(value)\" checked")) }
            let wrong = await browser.submit(form, to: form.action, [("d.q.licence", "yes")])
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("href=\"#d-q-since\""))
            let sent = await browser.submit(
                wrong, to: form.action, [("d.q.licence", "yes"), ("d.q.since", "2010"), ("d.q.days", "mo")])
            #expect(sent.header("location") == "/book/manage?did=answered")
            let now = await browser.get("/book/manage?did=answered")
            for text in ["Your answers are saved.", "<dd>I do</dd>", "<dd>2010</dd>", "<dd>Mondays</dd>"] {
                #expect(now.text.contains(text), "\(text)")
            }
            #expect(!now.text.contains("Not yet"))

            // What was changed since the form was opened is not overwritten, and is shown.
            let late = await browser.submit(form, to: form.action, [("d.q.licence", "no")])
            #expect(late.status == 412)
            #expect(late.text.contains("Somebody has changed this meanwhile."))
            #expect(late.text.contains("value=\"2010\""))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theAnswerThatWasMissingConfirms(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await practice.ask(Self.questions, missing: "pending")
            let browser = practice.browser()
            let page = await practice.book(Practice.tuesday(9), in: browser)
            #expect(page.text.contains("To be confirmed"))
            #expect(page.text.contains("Some answers are still missing"))
            let form = await browser.get("/book/manage/answers")
            let sent = await browser.submit(form, to: form.action, [("d.q.licence", "no")])
            #expect(sent.status == 303)
            let now = await browser.get("/book/manage")
            #expect(now.text.contains("Confirmed"))
            #expect(!now.text.contains("Some answers are still missing"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func answersAreChangedByThoseWhoMayOnly(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await practice.ask(Self.questions)
            let browser = practice.browser()
            _ = await practice.book(Practice.tuesday(9), in: browser, Practice.guest + [("d.q.licence", "no")])
            let stranger = await practice.browser().get("/book/manage/answers")
            #expect(stranger.header("location") == "/book/manage")
            // What is cancelled stays as it was.
            let form = await browser.get("/book/manage/answers")
            let asked = await browser.get("/book/manage/cancel")
            _ = await browser.submit(asked, to: "/book/manage/cancel", [])
            let page = await browser.get("/book/manage")
            #expect(!page.text.contains("/book/manage/answers"))
            let gone = await browser.get("/book/manage/answers")
            #expect(gone.header("location") == "/book/manage")
            let late = await browser.submit(form, to: form.action, [("d.q.licence", "yes"), ("d.q.since", "2010")])
            #expect(late.status == 409)
            #expect(late.text.contains("This has been cancelled already."))
        }
    }
}
