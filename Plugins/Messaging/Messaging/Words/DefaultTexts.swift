internal import MessagingAPI

/// The texts that hold where an organization has none of its own.
enum DefaultTexts {
    /// The languages there are; English, which comes first, holds where somebody reads none of them.
    static let languages: [MessageWords] = [.english, .german, .french]

    /// Their tags.
    static let locales = Self.languages.map(\.locale)

    /// The text for a message in the first language that there is one in; English when there is none.
    static func text(for key: TemplateKey, in languages: [String]) -> TemplateParts {
        let locale = languages.flatMap(MessageLocale.lookup).first(where: self.locales.contains) ?? "en"
        return self.parts(for: key, in: locale)
    }

    /// The text for a message in one of ``locales``; in English when it is none of them.
    static func parts(for key: TemplateKey, in locale: String) -> TemplateParts {
        let words = self.languages.first { $0.locale == locale } ?? .english
        let paragraphs = words.paragraphs(key.type, key.audience)
        let anchor = "<a href=\"{{link}}\">{{link}}</a>"
        var text = paragraphs.map { "\($0)\n" }
        var html = paragraphs.map { "<p>\($0.replacing("{{link}}", with: anchor))</p>" }
        // Offers have theirs in what they say; where there are no pages the whole paragraph is left out.
        if key.audience == .customer, key.type.isAboutBooking, key.type.leavesChoice {
            text[text.count - 1] = "{{#link}}\(words.manage) {{link}}\n\n{{/link}}" + text[text.count - 1]
            html[html.count - 1] = "{{#link}}<p>\(words.manage) \(anchor)</p>\n{{/link}}" + html[html.count - 1]
        }
        return TemplateParts(
            locale: words.locale, subject: words.subject(key.type, key.audience), text: text.joined(separator: "\n"),
            html: html.joined(separator: "\n"))
    }
}
