package import AlmanacStorage
package import Logging
package import ServiceLifecycle

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
    /// The organizations of the deployment.
    public let organizations: Organizations
    /// Signing in with OpenID providers.
    public let oidc: OIDCSignIn
    /// The mails on their way out.
    public let mail: MailQueue
    /// What the kernel does besides answering: loops that begin with the host and end before its database closes.
    ///
    /// The host runs them below its server, so that they outlive the last request. Each is a loop around one step that
    /// tests call themselves.
    package let services: [any Service]
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
    ///   - oidc: Which OpenID providers there are; none when `nil`.
    ///   - mail: Who takes mails; nobody when `nil`, which is logged for each mail.
    ///   - logger: Where the log goes.
    /// - Throws: Everything that is wrong with the deployment.
    package init(
        assembling assembler: Assembler, enabled: [EnabledPlugin], database: Database,
        hasher: PasswordHasher = PasswordHasher(), random: any RandomSource = SystemRandom(),
        policy: Identity.Policy = Identity.Policy(), oidc: OIDCSignIn.Configuration? = nil,
        mail: (any MailTransport)? = nil, logger: Logger
    ) throws(Problems) {
        let database = database.entering(.kernel)
        let core = KernelCore(database: database, random: random, logger: logger)
        self.platform = try assembler.assemble(enabled, core: core)
        self.mail = MailQueue(to: mail, clock: database.clock, logger: logger)
        self.services = [self.mail]
        self.database = database
        self.random = random
        self.organizations = core.organizations
        self.invoker = Invoker(platform: self.platform, database: database)
        self.sagas = Sagas(platform: self.platform, database: database)
        self.identity = Identity(
            database: database, platform: self.platform, hasher: hasher, random: random, policy: policy)
        self.oidc = OIDCSignIn(oidc, identity: self.identity)
    }
}
