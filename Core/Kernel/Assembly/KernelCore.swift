internal import AlmanacStorage
internal import Logging
internal import Synchronization

/// What all plugins share of the kernel while they are made; frozen when assembly succeeds.
final class KernelCore: Sendable {
    let database: Database
    let people: People
    let organizations: Organizations
    let choices = OrganizationChoices()
    let random: any RandomSource
    let keys: KeyRing
    let mail: (any MailTransport)?
    let web: (any WebTransport)?
    /// Where the deployment's pages are.
    let pages: String?
    let logger: Logger
    let signals = Signals()
    let live = LiveUpdates()
    let services = Mutex<[String: any Sendable]>([:])
    let platform = AtomicLazyReference<Platform>()

    init(
        database: Database, random: any RandomSource, keys: KeyRing, mail: (any MailTransport)?,
        web: (any WebTransport)? = nil, pages: String? = nil, logger: Logger
    ) {
        self.database = database
        self.people = People()
        self.organizations = Organizations(database: database)
        self.random = random
        self.keys = keys
        self.mail = mail
        self.web = web
        self.pages = pages
        self.logger = logger
    }
}
