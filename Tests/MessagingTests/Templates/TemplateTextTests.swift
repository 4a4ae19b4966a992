import AlmanacKernel
import MessagingAPI
import Testing

@testable import Messaging

/// What templates may hold, and what becomes of what is filled in.
struct TemplateTextTests {
    private static let hostile = "<script>alert('x')</script> & \"Co\"\r\nBcc: eve@example.org"

    @Test func valuesAreEscapedAsTheirFormAsks() throws {
        let template = TemplateText(source: "Hi {{recipient}}!")

        let html = try template.rendered([.recipient: Self.hostile], as: .html)
        #expect(html.hasPrefix("Hi &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;Co&quot;"))
        #expect(try template.rendered([.recipient: Self.hostile], as: .text) == "Hi \(Self.hostile)!")
        let line = try template.rendered([.recipient: Self.hostile], as: .line)
        #expect(line == "Hi <script>alert('x')</script> & \"Co\" Bcc: eve@example.org!")
    }

    @Test(arguments: ["a\u{0}b", "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "a\u{B}b", "a \t b", " a\nb "])
    func aLineIsOneLine(text: String) {
        #expect(TemplateText.line(text) == "a b")
    }

    @Test func whatStandsInAValueIsNoTemplate() throws {
        let template = TemplateText(source: "{{recipient}}, {{number}}")
        let text = try template.rendered([.recipient: "{{number}}", .number: "B-1"], as: .text)
        #expect(text == "{{number}}, B-1")
    }

    @Test func sectionsAreShownWhereThereIsAValue() throws {
        let template = TemplateText(
            source: "a{{#recipient}} {{recipient}}{{/recipient}}{{^recipient}} nobody{{/recipient}}")
        #expect(try template.rendered([.recipient: "Anna"], as: .text) == "a Anna")
        #expect(try template.rendered([.recipient: ""], as: .text) == "a nobody")
    }

    @Test(arguments: [
        "{{{recipient}}}", "{{&recipient}}", "{{% CONTENT_TYPE:TEXT}}", "{{> other}}", "{{< other}}{{/other}}",
        "{{$block}}{{/block}}", "{{=<% %>=}}", "{{upper(recipient)}}", "{{recipient.name}}", "{{.}}", "{{}}",
        "{{nobody}}", "{{previousStart}}", "{{recipient", "{{#recipient}}x", "x{{/recipient}}",
        "{{#recipient}}{{#number}}x{{/recipient}}{{/number}}", "{{# recipient }}{{/ number }}", "{{recipient}}}} {{",
        "{{Recipient}}", "{{recipie\u{301}nt}}",
    ])
    func nothingElseIsTaken(source: String) {
        let allowed = Placeholder.allowed(in: .bookingConfirmed, for: .customer)
        #expect(!TemplateText(source: source).inspect(allowing: allowed).problems.isEmpty)
    }

    @Test func nestingIsLimited() {
        let source = String(repeating: "{{#number}}", count: 9) + String(repeating: "{{/number}}", count: 9)
        #expect(!TemplateText(source: source).inspect(allowing: Placeholder.allCases).problems.isEmpty)
    }

    @Test(arguments: ["plain", "{{ recipient }}", "{{! a note }}x", "{{#number}}a{{/number}}", "{ {number} }", "} }"])
    func whatIsHarmlessIsTaken(source: String) {
        #expect(TemplateText(source: source).inspect(allowing: Placeholder.allCases).problems == [])
    }

    @Test func whatStandsInASectionMayNotBeShown() {
        let source = "{{#number}}{{start}}{{/number}}{{! {{eventType}} }}{{time}}"
        #expect(TemplateText(source: source).inspect(allowing: Placeholder.allCases).shown == [.time])
    }

    @Test(arguments: MessageType.allCases, MessageAudience.allCases)
    func theBuiltInTextsAreTemplatesThatWouldBeTaken(type: MessageType, audience: MessageAudience) throws {
        for locale in DefaultTexts.locales {
            let key = TemplateKey(type: type, audience: audience, channel: .email)
            let parts = DefaultTexts.parts(for: key, in: locale)
            #expect(parts.locale == locale)
            #expect(parts.problems(for: key, carrying: [.html]) == [])
            let filled = try Composer.fill(parts, PreviewValues.values(key, in: locale), carrying: [.html])
            #expect(!filled.text.contains("{{"), "\(filled)")
            #expect(filled.html?.contains("A &amp; B") == true)
            #expect(filled.subject.contains("A & B"))
        }
    }

    @Test(arguments: [
        (["de-AT", "en"], "de"), (["pt", "fr-CH"], "fr"), (["xx"], "en"), ([], "en"), (["nonsense!", "de"], "de"),
    ])
    func theFirstLanguageThatThereIsIsTaken(languages: [String], locale: String) {
        let key = TemplateKey(type: .bookingConfirmed, audience: .customer, channel: .email)
        #expect(DefaultTexts.text(for: key, in: languages).locale == locale)
    }
}
