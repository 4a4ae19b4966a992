package import AlmanacStorage
package import Logging

/// An assembled platform with everything that requests need: what a host serves from.
public struct Runtime: Sendable {
    /// The verified whole.
    public let platform: Platform
    /// The one way to run commands and queries.
    public let invoker: Invoker
    /// Runs work that needs the network.
    public let sagas: Sagas
    /// Who signs in and who a token belongs to.
    public let identity: Identity
    /// What people have agreed to.
    package var consents: Consents { Consents() }
    /// Exports and erases what is kept about people.
    package let privacy: Privacy
    /// Registering, forgotten passwords, new passwords and addresses.
    public let accounts: Accounts
    /// The organizations of the deployment.
    public let organizations: Organizations
    /// Signing in with OpenID providers.
    public let oidc: OIDCSignIn
    /// The mails on their way out.
    public let mail: MailQueue
    /// Whether anything may leave the deployment.
    package let deliveries: DeliveryHold
    /// The encrypted columns and the keys that open them.
    package let encryption: FieldEncryption
    /// The audit log, as far as it is the host's.
    package let audit: AuditLog
    /// Runs jobs and schedules.
    package let scheduler: Scheduler
    /// Jobs as the operator sees them.
    package var jobs: JobDesk { JobDesk(self.database) }
    /// Delivers events to their consumers.
    package let bus: MessageBus
    /// Removes what is kept for a time, and shows what is left of it.
    package let retention: RetentionDesk
    /// What has just happened, for whoever looks now.
    package let signals: Signals
    /// Wakes those who follow something live.
    package let live: LiveUpdates
    /// Looks for what other hosts have changed of that which is followed live.
    package var lookout: LiveLookout { LiveLookout(self.live, self.platform, self.database) }
    /// Knows how the kernel and the plugins are doing.
    package let supervisor: Supervisor
    /// Which plugins operators have put aside.
    package let quarantine: Quarantine
    /// Does what migrations leave for later.
    package let migrations: MigrationUpkeep
    /// What the organizations have chosen for themselves.
    package let choices: OrganizationChoices
    /// The keys of the deployment, from which those are derived with which it signs what clients carry for it.
    package let keys: KeyRing
    /// Where tokens and request ids come from.
    package let random: any RandomSource
    /// The database, from the kernel's room.
    package let database: Database

    /// Assembles a platform.
    ///
    /// - Parameters:
    ///   - assembler: The plugins of this program.
    ///   - enabled: Those that are switched on, with settings.
    ///   - database: Where everything is kept; not touched before the first call.
    ///   - hasher: Hashes passwords.
    ///   - random: Where tokens come from.
    ///   - policy: How long sessions last.
    ///   - accounts: Who may make an account.
    ///   - keys: Where the keys are kept; without any, nothing can be encrypted.
    ///   - mail: Who takes mails; nobody when `nil`, which is logged for each mail.
    ///   - web: Who fetches from addresses that users give; nobody when `nil`.
    ///   - audit: How the audit log is kept.
    ///   - oidc: Which OpenID providers there are; none when `nil`.
    ///   - bus: How events are delivered.
    ///   - retention: How long rows are kept, where it is not as plugins declare.
    ///   - logger: Where the log goes.
    /// - Throws: Everything that is wrong with the deployment.
    package init(
        assembling assembler: Assembler, enabled: [EnabledPlugin], database: Database,
        hasher: PasswordHasher = PasswordHasher(), random: any RandomSource = SystemRandom(),
        policy: Identity.Policy = Identity.Policy(), accounts: AccountPolicy = AccountPolicy(),
        keys: any KeySource = NoKeys(), mail: (any MailTransport)? = nil, web: (any WebTransport)? = nil,
        audit: AuditSettings = AuditSettings(), oidc: OIDCSignIn.Configuration? = nil, bus: BusSettings = BusSettings(),
        retention: RetentionSettings = RetentionSettings(), logger: Logger
    ) throws(Problems) {
        let (database, ring) = Self.furnish(database, keys, random)
        let core = KernelCore(
            database: database, random: random, keys: ring, mail: mail, web: web, pages: accounts.publicURL,
            logger: logger)
        self.platform = try assembler.assemble(enabled, core: core)
        self.deliveries = DeliveryHold(database)
        self.mail = MailQueue(to: mail, hold: self.deliveries, clock: database.clock, logger: logger)
        // Whoever waits for an answer goes first.
        let background = database.inBackground
        self.encryption = FieldEncryption(
            ring, columns: assembler.encryptedColumns, database: background, random: random)
        self.audit = AuditLog(background, audit, logger)
        self.quarantine = Quarantine(database)
        self.supervisor = Supervisor(
            plugins: self.platform.graph.plugins.map(\.declaration.id), clock: database.clock, random: random,
            logger: logger)
        self.scheduler = Scheduler(
            background, self.platform, random: random, supervisor: self.supervisor, logger: logger)
        self.bus = MessageBus(
            self.platform, database: background, settings: bus, random: random, supervisor: self.supervisor,
            logger: logger)
        self.migrations = MigrationUpkeep(assembler.histories, background, logger: logger)
        self.retention = RetentionDesk(background, assembler.declarations, retention, logger: logger)
        self.database = database
        self.random = random
        self.keys = ring
        self.organizations = core.organizations
        self.signals = core.signals
        self.live = core.live
        self.choices = core.choices
        self.invoker = Invoker(
            platform: self.platform, database: database, sealing: EncryptedAnswers(ring: ring, random: random),
            refusals: self.audit.refusals)
        self.sagas = Sagas(platform: self.platform, database: database)
        self.identity = Identity(
            database: database, platform: self.platform, hasher: hasher, random: random, policy: policy,
            keys: ring, refusals: self.audit.refusals)
        self.privacy = Privacy(
            inventory: PersonalInventory(assembler.declarations), cache: self.identity.cache)
        self.accounts = Accounts(
            identity: self.identity, organizations: core.organizations, mail: self.mail, policy: accounts)
        self.oidc = OIDCSignIn(oidc, accounts: self.accounts)
    }

    /// The database as the kernel has it, whose transactions carry the keys of audit entries, and the ring.
    private static func furnish(
        _ database: Database, _ keys: any KeySource, _ random: any RandomSource
    ) -> (Database, KeyRing) {
        let ring = KeyRing(keys, clock: database.clock, random: random)
        return (database.entering(.kernel).carrying(SubjectKeys(ring, random: random)), ring)
    }
}
