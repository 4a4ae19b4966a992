/// Who may make an account, and where the pages are to which mails lead.
public struct AccountPolicy: Sendable, Equatable {
    /// Who may register.
    public enum Registration: String, Sendable, CaseIterable {
        /// Whoever has an e-mail address.
        case open
        /// Who is known to the organization: a person with this address is on file.
        case invitation
        /// Nobody; accounts are made by the organization.
        case closed
    }

    /// Who may register.
    public var registration: Registration
    /// Where the deployment's pages are, as `https://book.example.org`, without a slash at the end.
    ///
    /// Links in mails begin with it; without it mails show the plain code.
    public var publicURL: String?

    /// Describes a policy; open and without pages unless told otherwise.
    public init(registration: Registration = .open, publicURL: String? = nil) {
        self.registration = registration
        self.publicURL = publicURL
    }
}
