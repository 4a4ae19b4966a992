public import AlmanacKernel

/// What one deployment is made of: its name, its storage, its plugins with their settings.
///
/// A manifest is a YAML file, by default `plugins.yaml`; ``ManifestFile`` reads it. Paths in it are relative to the
/// folder of the file in which they stand.
public struct Manifest: Sendable {
    /// The title of the deployment, shown to people.
    public let name: String
    /// The organization that exists after the first migration.
    public let organization: Organization
    /// Where the data is kept.
    public let storage: Storage
    /// Where the keys are kept with which values are encrypted.
    public let secrets: Secrets
    /// How the HTTP server listens.
    public let server: Server
    /// Who may make an account, and how long sessions last.
    public let accounts: Accounts
    /// How often callers may come.
    public let limits: Limits
    /// Where mails go; nowhere when `nil`.
    public let mail: Mail?
    /// Which OpenID providers people may sign in with; none when `nil`.
    public let oidc: OIDC?
    /// From where the server fetches what users name.
    public let fetching: Fetching
    /// What is logged and how.
    public let logging: Logging
    /// Whether and to whom the server tells what it measures.
    public let metrics: Metrics
    /// How the audit log is kept.
    public let audit: AuditSettings
    /// How long rows are kept, where it is not as plugins declare.
    public let retention: RetentionSettings
    /// Where the spans of requests and transactions go.
    public let tracing: Tracing
    /// What this trade calls a booking, a provider and a customer.
    public let vocabulary: Vocabulary
    /// What the pages look like, and where they may be shown.
    public let pages: Pages
    /// The plugins that are listed, enabled or not, in the order of writing.
    public let plugins: [PluginSection]
    /// The folder with the CSV files of the demo data, if there is one.
    public let demo: String?
}

extension Manifest: PluginSettings {
    /// Reads a whole manifest.
    public init(from read: inout SettingsReader) throws {
        // `ManifestFile` has merged the other file already; here it is only documented.
        let _: String? = read.optional("extends", "Another manifest that this one completes, relative to this file")
        let name: String = read("name", "Title of the deployment, shown to people")
        self.name = name
        let organization: OrganizationSection = try read.group(
            "organization", "The organization that exists after the first migration")
        self.organization = Organization(organization, name: organization.name ?? name)
        self.storage = try read.group("storage", "Where the data is kept")
        self.secrets = try read.group("secrets", "Where the keys are kept with which values are encrypted")
        self.server = try read.group("server", "How the HTTP server listens")
        if case .postgres(let database) = self.storage {
            // What waits for a slow statement must not look like what never comes back.
            let (limit, statement) = (self.server.watchdogSeconds, database.statementTimeoutSeconds)
            read.check(
                "server",
                "has watchdogSeconds \(limit), which must be 5 more than storage.statementTimeoutSeconds, or 0",
                limit == 0 || limit >= statement + 5)
        }
        self.accounts = try read.group("accounts", "Who may make an account, and how long sessions last")
        self.limits = try read.group("limits", "How often callers may come, as 10/minute or unlimited")
        let mail: MailSection? = try read.optionalGroup("mail", "Where mails go; none are sent if it is left out")
        self.mail = mail?.mail
        let oidc: OIDCSection? = try read.optionalGroup("oidc", "Which OpenID providers people may sign in with")
        let returns = oidc?.pages ?? self.accounts.policy.publicURL
        self.oidc = returns.flatMap { oidc?.settled(pages: $0) }
        read.check(
            "oidc", "needs accounts.publicURL (or a publicURL of its own): providers send people back there",
            oidc == nil || returns != nil)
        read.check(
            "oidc", "must make no accounts (makeAccounts) where accounts.registration is closed",
            oidc?.makesAccounts != true || self.accounts.policy.registration != .closed)
        self.fetching = try read.group("fetching", "From where the server fetches what users name")
        self.logging = try read.group("logging", "What is logged and how")
        self.metrics = try read.group("metrics", "What the server tells monitoring")
        let audit: AuditSection = try read.group("audit", "How the audit log is kept")
        self.audit = audit.settings
        let retention: RetentionSection = try read.group(
            "retention", "How long what is kept, where it is not as usual")
        self.retention = retention.settings
        self.tracing = try read.group("tracing", "Where the spans of requests and transactions go")
        self.vocabulary = try read.group("vocabulary", "What this trade calls things")
        self.pages = try read.group("pages", "What the pages look like, and where they may be shown")
        self.plugins = read.unread("plugins", "The plugins with their settings; listed means enabled")
            .map { PluginSection($0, read: &read) }
        let demo: ManifestPath? = read.optional("demo", "Folder with the CSV files of the demo data")
        self.demo = demo?.path
    }
}
