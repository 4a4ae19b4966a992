internal import MessagingAPI

/// The texts that hold where an organization has none of its own.
enum DefaultTexts {
    /// One message as its paragraphs, with placeholders.
    struct Words: Sendable {
        let subject: String
        let paragraphs: [String]

        init(_ subject: String, _ paragraphs: String...) {
            self.subject = subject
            self.paragraphs = paragraphs
        }
    }

    /// The languages there are.
    static let locales = ["en", "de", "fr"]

    /// The text for a message in the first language that there is one in; English when there is none.
    static func text(for key: TemplateKey, in languages: [String]) -> TemplateParts {
        let locale = languages.flatMap(MessageLocale.lookup).first(where: self.locales.contains) ?? "en"
        return self.parts(for: key, in: locale)
    }

    /// The text for a message in one of ``locales``.
    static func parts(for key: TemplateKey, in locale: String) -> TemplateParts {
        let words =
            switch locale {
            case "de": self.german(key.type, key.audience)
            case "fr": self.french(key.type, key.audience)
            default: self.english(key.type, key.audience)
            }
        return TemplateParts(
            locale: self.locales.contains(locale) ? locale : "en", subject: words.subject,
            text: words.paragraphs.joined(separator: "\n\n") + "\n",
            html: words.paragraphs.map { "<p>\($0)</p>" }.joined(separator: "\n"))
    }
}
