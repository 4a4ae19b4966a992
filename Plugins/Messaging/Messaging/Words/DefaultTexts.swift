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
        return TemplateParts(
            locale: words.locale, subject: words.subject(key.type, key.audience),
            text: paragraphs.joined(separator: "\n\n") + "\n",
            html: paragraphs.map { "<p>\($0)</p>" }.joined(separator: "\n"))
    }
}
