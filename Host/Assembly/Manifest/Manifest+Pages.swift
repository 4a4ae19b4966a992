public import AlmanacKernel
internal import AlmanacPages
public import AlmanacSurface

extension Manifest {
    /// What the pages look like, and where they may be shown.
    public struct Pages: Sendable {
        /// The color of links and of the most important buttons, as `#1a7f5a`; the product's own when `nil`.
        public let color: String?
        /// The origins whose pages may show the booking pages in a frame.
        public let embedOrigins: [WebOrigin]
    }
}

extension Manifest.Pages: PluginSettings {
    /// Reads the section `pages`.
    public init(from read: inout SettingsReader) throws {
        let color: BrandColorSetting? = read.optional(
            "color",
            "The color of links and of the most important buttons, as \"#1a7f5a\"; what stands on it is black or "
                + "white, whichever can be read better")
        self.color = color?.color?.text
        let origins: [OriginSetting] = read.list(
            "embedOrigins",
            "Origins of web pages that may show the booking pages in a frame, as https://www.example.org",
            count: 0...100)
        self.embedOrigins = origins.compactMap(\.origin)
    }
}

extension Manifest {
    /// What those who make pages are told about the deployment.
    ///
    /// - Parameter folder: A folder with templates, styles and scripts in place of those in the program.
    /// - Returns: What they are made with.
    func pages(folder: String?) -> PageSettings {
        PageSettings(
            brand: self.name, zone: self.organization.timeZone, locale: self.organization.locale,
            currency: self.organization.currency, vocabulary: self.vocabulary.console, isHTTPS: self.server.https,
            color: self.pages.color.flatMap { BrandColor($0) }, embedders: self.pages.embedOrigins.map(\.description),
            folder: folder)
    }
}

extension Manifest.Vocabulary {
    /// The product's usual words, where the deployment has none of its own.
    private static let usual: [String: [String: ConsoleVocabulary.Word]] = [
        "provider": [
            "en": .init(one: "provider", other: "providers"), "de": .init(one: "Anbieter", other: "Anbieter"),
            "fr": .init(one: "prestataire", other: "prestataires"),
        ],
        "customer": [
            "en": .init(one: "customer", other: "customers"), "de": .init(one: "Kunde", other: "Kunden"),
            "fr": .init(one: "client", other: "clients"),
        ],
        "booking": [
            "en": .init(one: "booking", other: "bookings"), "de": .init(one: "Buchung", other: "Buchungen"),
            "fr": .init(one: "réservation", other: "réservations"),
        ],
        "resource": [
            "en": .init(one: "room or device", other: "rooms and devices"),
            "de": .init(one: "Raum oder Gerät", other: "Räume und Geräte"),
            "fr": .init(one: "salle ou équipement", other: "salles et équipements"),
        ],
    ]

    /// The words as the console takes them.
    var console: ConsoleVocabulary {
        var words = Self.usual
        let all = [
            ("provider", self.provider), ("customer", self.customer), ("booking", self.booking),
            ("resource", self.resource),
        ]
        for (term, own) in all {
            for translation in own.translations {
                words[term, default: [:]][translation.language] = ConsoleVocabulary.Word(
                    one: translation.forms.one, other: translation.forms.other)
            }
        }
        return ConsoleVocabulary(words)
    }
}
