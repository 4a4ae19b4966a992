public import AlmanacKernel
public import AlmanacStorage
internal import Logging

/// A platform with plugins on a fresh database, with two organizations of the same members in it.
///
/// Time, identifiers and randomness are reproducible; each write closure runs twice. It exists inside
/// ``withPlatform(_:plugins:enabled:_:)`` only.
///
/// ```swift
/// @Test(arguments: TestEngine.allCases)
/// func customersReviewTheirOwnLessons(_ engine: TestEngine) async throws {
///     try await withPlatform(engine, plugins: [Reviews.self]) { platform in
///         let id = try await platform.run(Reviews.create, of: "reviews", draft, as: .customer)
///         …
///     }
/// }
/// ```
public struct TestPlatform: Sendable {
    /// How a platform is set up besides its plugins.
    package struct Setup: Sendable {
        /// How the engine is made.
        package var database = TestDatabase.Setup()
        /// Whether each write closure runs twice.
        package var rehearses = true
        /// How long sessions last.
        package var sessions = Identity.Policy()
        /// The keys with which values are encrypted.
        package var keys = TestKeys()
        /// Who may make an account.
        package var accounts = AccountPolicy()
        /// Who takes mails; nobody when `nil`.
        package var mail: (any MailTransport)?
        /// Who fetches from addresses that users give; nobody when `nil`.
        package var web: (any WebTransport)?
        /// Which OpenID providers there are.
        package var oidc: OIDCSignIn.Configuration?
        /// How events are delivered: by the platform's clock on both engines.
        package var bus = BusSettings()

        package init() { self.bus.usesSharedTime = false }
    }

    /// Which engine it runs on.
    public let engine: TestEngine
    /// What the platform takes for the time; begins at ``TestClock/start``.
    public let clock: ManualClock
    /// The platform as a host has it.
    public let runtime: Runtime
    /// The database underneath, for faults and for looking past the guards.
    package let database: TestDatabase
    private let organizations: [TestPlace: Organization]
    private let memberships: [OrganizationID: [String: Fixture.Membership]]

    init(
        _ database: TestDatabase, _ assembler: Assembler, _ enabled: [EnabledPlugin], _ setup: Setup
    ) async throws {
        self.engine = database.kind
        self.clock = database.clock
        self.database = database
        let random = SeededRandom(seed: 0xBEE)
        self.runtime = try Runtime(
            assembling: assembler, enabled: enabled,
            database: database.database(in: .kernel, rehearses: setup.rehearses),
            hasher: PasswordHasher(cost: .forTests, random: random), random: random, policy: setup.sessions,
            accounts: setup.accounts, keys: setup.keys, mail: setup.mail, web: setup.web, oidc: setup.oidc,
            bus: setup.bus,
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
        let all = try await self.runtime.organizations.all()
        self.organizations = Dictionary(
            all.compactMap { found in TestPlace(rawValue: found.slug).map { ($0, found) } }, uniquingKeysWith: { $1 })
        self.memberships = try await Fixture.memberships(self.runtime.database)
    }

    /// One of the organizations.
    public func organization(_ place: TestPlace = .north) throws -> Organization {
        guard let found = self.organizations[place] else { throw TestKitError("the fixture has lost \(place)") }
        return found
    }

    /// A member as a request of theirs has them.
    public func user(_ member: TestMember, in place: TestPlace = .north) throws -> SignedInUser {
        let organization = try self.organization(place).id
        guard let membership = self.memberships[organization]?[member.email] else {
            throw TestKitError("the fixture has lost \(member) of \(place)")
        }
        return SignedInUser(
            id: membership.user, person: membership.person, session: nil, roles: [member.role],
            grants: self.runtime.platform.grants(for: [member.role]))
    }

    /// The person that a member is in an organization.
    public func person(_ member: TestMember, in place: TestPlace = .north) throws -> ID<Person> {
        try self.user(member, in: place).person
    }

    /// A call as a member would make it.
    ///
    /// - Parameters:
    ///   - member: Who calls; `nil` for somebody who has not signed in.
    ///   - place: In which organization.
    /// - Returns: The call, with the grants that the member's role has from the start.
    /// - Throws: ``TestKitError`` when the platform has no such organization or member.
    public func call(as member: TestMember?, in place: TestPlace = .north) throws -> Call {
        let principal: Principal = try member.map { .user(try self.user($0, in: place)) } ?? .anonymous
        return Call(
            organization: try self.organization(place).id, principal: principal,
            origin: Origin(.test, address: "192.0.2.1", userAgent: "TestKit", requestID: "test"))
    }

    /// Runs a command the way every command is run: authorized, in its own transaction, with all its traces.
    public func run<Input, Output>(
        _ command: Command<Input, Output>, of owner: PluginID, _ input: Input, as member: TestMember? = .admin,
        in place: TestPlace = .north
    ) async throws -> Output {
        try await self.runtime.invoker.run(command, of: owner, input, as: try self.call(as: member, in: place))
    }

    /// Runs a query the way every query is run.
    public func run<Input, Output: Sendable>(
        _ query: Query<Input, Output>, of owner: PluginID, _ input: Input, as member: TestMember? = .admin,
        in place: TestPlace = .north
    ) async throws -> Output {
        try await self.runtime.invoker.run(query, of: owner, input, as: try self.call(as: member, in: place))
    }

    /// The database from a plugin's room: for tests that look at rows.
    public func database(of plugin: PluginID) -> Database {
        self.runtime.database.entering(plugin.namespace)
    }
}

/// Runs `body` with a platform on an engine.
///
/// - Parameters:
///   - engine: The engine.
///   - plugins: The plugins of the program.
///   - enabled: Those that are switched on, with settings; all of them with no settings when `nil`.
///   - body: The test. The database is gone when it returns.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws; ``AlmanacKernel/Problems`` when the plugins do not assemble.
public func withPlatform<T>(
    _ engine: TestEngine, plugins: [any Plugin.Type] = [], enabled: [EnabledPlugin]? = nil,
    _ body: (TestPlatform) async throws -> T
) async throws -> T {
    try await withPlatform(engine, plugins: plugins, enabled: enabled, setup: TestPlatform.Setup(), body)
}

/// Runs `body` with a platform that is set up as told.
package func withPlatform<T>(
    _ engine: TestEngine, plugins: [any Plugin.Type] = [], enabled: [EnabledPlugin]? = nil, setup: TestPlatform.Setup,
    _ body: (TestPlatform) async throws -> T
) async throws -> T {
    let assembler = Assembler(plugins)
    let chosen = enabled ?? plugins.map { EnabledPlugin($0.declaration.id) }
    let template = Fixture.template(assembler)
    return try await withTestDatabase(engine, template: template, setup: setup.database) { database in
        try await body(try await TestPlatform(database, assembler, chosen, setup))
    }
}
