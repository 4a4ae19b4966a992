package import AlmanacKernel
package import AlmanacSurface

/// What a host tells those who make pages about the deployment.
package struct PageSettings: Sendable {
    /// What the deployment is called.
    package var brand: String
    /// The zone in which instants are shown to those who have none of their own.
    package var zone: Zone
    /// The language of those who prefer none that there is.
    package var locale: String
    /// The currency with which forms begin.
    package var currency: String
    /// What the things of the trade are called.
    package var vocabulary: ConsoleVocabulary
    /// Whether browsers come by TLS.
    package var isHTTPS: Bool
    /// The color of the deployment, in which links and the most important buttons are shown.
    package var color: BrandColor?
    /// Of which origins pages may show ours in a frame, as `https://www.example.org`.
    package var embedders: [String]
    /// A folder whose templates, styles and scripts take the place of those in the program; for development.
    package var folder: String?

    /// Describes a deployment.
    package init(
        brand: String, zone: Zone = .utc, locale: String = "en", currency: String = "EUR",
        vocabulary: ConsoleVocabulary = ConsoleVocabulary(), isHTTPS: Bool = false, color: BrandColor? = nil,
        embedders: [String] = [], folder: String? = nil
    ) {
        self.brand = brand
        self.zone = zone
        self.locale = locale
        self.currency = currency
        self.vocabulary = vocabulary
        self.isHTTPS = isHTTPS
        self.color = color
        self.embedders = embedders
        self.folder = folder
    }
}
