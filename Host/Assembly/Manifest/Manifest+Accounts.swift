public import AlmanacKernel

extension Manifest {
    /// Who may make an account, and how long sessions last.
    public struct Accounts: Sendable {
        /// Who may make an account, and where the pages are to which mails lead.
        public let policy: AccountPolicy
        /// How long sessions last and how many a user may have.
        public let sessions: Identity.Policy
    }
}

extension AccountPolicy.Registration: SettingValue {}

extension Manifest.Accounts: PluginSettings {
    /// Reads the section `accounts`.
    public init(from read: inout SettingsReader) throws {
        let usual = AccountPolicy()
        let registration: AccountPolicy.Registration = read(
            "registration",
            "Who may make an account: open (whoever has an e-mail address), invitation (whose address is on file), closed",
            default: usual.registration)
        let publicURL: PublicURL? = read.optional(
            "publicURL",
            "Where the pages are to which mails lead, as https://book.example.org; mails show codes if it "
                + "is left out")
        self.policy = AccountPolicy(registration: registration, publicURL: publicURL?.text)
        let sessions: SessionSection = try read.group("sessions", "How long sessions last and how many a user may have")
        self.sessions = sessions.policy
    }
}

/// How long sessions last, as the manifest states it.
private struct SessionSection: PluginSettings {
    let policy: Identity.Policy

    init(from read: inout SettingsReader) throws {
        let access: Int = read("accessMinutes", "Minutes for which an access token works", in: 1...1_440, default: 60)
        let idle: Int = read("idleDays", "Days without use after which a session ends", in: 1...365, default: 30)
        let absolute: Int = read(
            "absoluteDays", "Days after which a session ends in any case", in: 1...730, default: 90)
        let maximum: Int = read(
            "maximum", "Sessions of a user at a time; the oldest ends for a new one", in: 1...1_000, default: 50)
        read.check("idleDays", "must not be more than absoluteDays", idle <= absolute)
        self.policy = Identity.Policy(
            accessSeconds: Int64(access) * 60, idleSeconds: Int64(idle) * 86_400,
            absoluteSeconds: Int64(absolute) * 86_400, maximumSessions: maximum)
    }
}
