/// What somebody says of themselves when they register.
public struct RegistrationDraft: Sendable, Equatable {
    /// The address to sign in with.
    public var email: EmailAddress
    /// First and middle names; may be empty.
    public var givenName: String
    /// Family name; may be empty.
    public var familyName: String
    /// The preferred language as a BCP 47 tag.
    public var locale: String?

    /// Begins a draft with an address.
    public init(email: EmailAddress, givenName: String = "", familyName: String = "", locale: String? = nil) {
        self.email = email
        self.givenName = givenName
        self.familyName = familyName
        self.locale = locale
    }

    /// A language tag in its usual case; `nil` for what is none.
    package static func language(_ tag: String) -> String? { LanguageTag.normalized(tag) }
}
