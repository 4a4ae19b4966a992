public import AlmanacKernel

extension Manifest {
    /// The OpenID providers that people may sign in with.
    public struct OIDC: Sendable {
        /// The providers, in the order of writing.
        public let providers: [OIDCProvider]
    }
}

/// The section `oidc` as it is written.
struct OIDCSection: PluginSettings {
    /// Its own address of pages, if it has one.
    let pages: String?
    private let sections: [(name: Slug, value: ProviderSection)]

    init(from read: inout SettingsReader) throws {
        let pages: PublicURL? = read.optional(
            "publicURL",
            "Where the pages of this deployment are, if not at accounts.publicURL; providers send people back to "
                + "publicURL/auth/oidc/NAME/callback")
        self.pages = pages?.text
        let sections: [(name: Slug, value: ProviderSection)] = try read.map(
            "providers", "The providers by the names they have in addresses", names: Slug.self)
        self.sections = sections
        let issuers = sections.map { $0.value.issuer.written }
        read.check(
            "providers", "must not hold one issuer twice: an identity would belong to both",
            Set(issuers).count == issuers.count)
    }

    /// Whether one of the providers makes accounts.
    var makesAccounts: Bool { self.sections.contains { $0.value.makesAccounts } }

    /// The section as it counts for a deployment whose pages are there.
    func settled(pages: String) -> Manifest.OIDC {
        Manifest.OIDC(providers: self.sections.map { $0.value.provider(id: $0.name.text, pages: pages) })
    }
}

/// One provider as it is written.
struct ProviderSection: PluginSettings {
    private let name: String?
    let issuer: IssuerAddress
    private let clientID: String
    private let clientSecret: Secret?
    private let scopes: [Scope]
    let makesAccounts: Bool

    init(from read: inout SettingsReader) throws {
        self.name = read.optional("name", "Its name for people; that in addresses if it is left out")
        self.issuer = read("issuer", "Its issuer identifier, exactly as it writes it, as https://accounts.example.com")
        self.clientID = read("clientID", "As what this deployment is registered with it")
        self.clientSecret = read.optionalSecret(
            "clientSecret", "The password it gave this deployment; none for a public client")
        self.makesAccounts = read(
            "makeAccounts",
            "Whether who comes for the first time gets an account, as far as accounts.registration allows: it must show "
                + "an address that it has verified", default: false)
        self.scopes = read.list(
            "scopes",
            "What is asked for besides openid; if it is left out nothing, or email and profile where accounts are made",
            count: 0...20)
        read.check("clientID", "must not be empty", !self.clientID.isEmpty)
        read.check(
            "scopes", "must hold email where accounts are made: they are made of verified addresses",
            !self.makesAccounts || self.scopes.isEmpty || self.scopes.contains { $0.text == "email" })
    }

    func provider(id: String, pages: String) -> OIDCProvider {
        OIDCProvider(
            id: id, name: self.name ?? id, issuer: self.issuer.written, clientID: self.clientID,
            clientSecret: self.clientSecret, scopes: self.scopes.isEmpty ? nil : self.scopes.map(\.text),
            makesAccounts: self.makesAccounts, redirectURI: "\(pages)/auth/oidc/\(id)/callback")
    }
}

/// A scope (RFC 6749 §3.3).
private struct Scope: SettingValue {
    let text: String

    init(_ text: String) { self.text = text }

    static var placeholder: Self { Self("email") }
    static var settingType: SettingType { .text(pattern: "^[!#-\\[\\]-~]+$") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.text))) }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let text = try node.text(expected: "a scope such as email")
        let isScope = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        guard isScope, (1...200).contains(text.utf8.count) else {
            throw SettingMismatch(expected: "a scope such as email", found: node)
        }
        self.text = text
    }
}

/// The address of an issuer: `https`, or `http` on this machine; no user, no query.
struct IssuerAddress: SettingValue {
    /// As it was written.
    let written: String

    static var placeholder: Self { Self(written: "https://localhost") }
    static var settingType: SettingType { .text(format: "uri") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.written))) }

    private init(written: String) { self.written = written }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let address = try WebAddress(
            node, expected: "an address such as https://accounts.example.com",
            reason: "people sign in there: use https, except on this machine")
        self.written = address.text
    }
}
