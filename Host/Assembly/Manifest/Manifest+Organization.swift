public import AlmanacKernel

extension Manifest {
    /// The organization that exists after the first migration.
    ///
    /// Later changes to it are made in the console or through the API; the manifest only says how it begins.
    public struct Organization: Sendable {
        /// Its name in addresses: lower-case letters, digits and hyphens.
        public let slug: String
        /// Its name for people.
        public let name: String
        /// The zone in which its days begin and end.
        public let timeZone: Zone
        /// The language of its texts where nobody has chosen another, as a BCP 47 tag.
        public let locale: String
        /// The currency of its prices, as an ISO 4217 code.
        public let currency: String

        init(_ section: OrganizationSection, name: String) {
            self.slug = section.slug
            self.name = name
            self.timeZone = section.timeZone
            self.locale = section.locale
            self.currency = section.currency
        }
    }
}

/// The organization as the manifest states it.
struct OrganizationSection: PluginSettings {
    let slug: String
    let name: String?
    let timeZone: Zone
    let locale: String
    let currency: String

    init(from read: inout SettingsReader) throws {
        let slug: Slug = read("slug", "Name of the organization in addresses")
        self.slug = slug.text
        self.name = read.optional("name", "Name of the organization for people; the deployment's if it is left out")
        self.timeZone = read("timeZone", "Time zone of the organization, as Europe/Berlin")
        let locale: LanguageTag = read("locale", "Language of the organization, as de or de-AT")
        self.locale = locale.text
        let currency: CurrencyCode = read("currency", "Currency of the organization's prices, as EUR")
        self.currency = currency.text
    }
}
