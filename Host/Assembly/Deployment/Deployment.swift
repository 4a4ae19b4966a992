internal import AlmanacBookingPages
internal import AlmanacConsole
internal import AlmanacFetching
public import AlmanacKernel
public import AlmanacMetrics
internal import AlmanacOIDC
public import AlmanacStorage
public import AlmanacSurface
public import Logging

/// A deployment with its database open: what `serve`, `migrate` and `seed` work on.
public struct Deployment: Sendable {
    /// What it was made from.
    public let blueprint: Blueprint
    /// The assembled platform.
    public let runtime: Runtime
    /// The HTTP API.
    public let api: API
    let engine: any DatabaseEngine
    private let roles: RoleSetup?
    private let logger: Logger
    private let oidc: OIDCClient?

    /// Opens the database that the manifest names.
    ///
    /// - Parameters:
    ///   - blueprint: A checked deployment.
    ///   - purpose: What this process does, for the message a second writer of a SQLite file gets: `almanac serve`.
    ///   - logger: Where the log goes.
    ///   - metrics: Where is counted; nowhere when `nil`.
    ///   - pages: A folder with templates, styles and scripts in place of those in the program; for development.
    /// - Throws: ``AlmanacStorage/StorageError`` when the database cannot be had.
    public init(
        opening blueprint: Blueprint, purpose: String, logger: Logger, metrics: PrometheusRegistry? = nil,
        pages: String? = nil
    ) throws {
        try self.init(opening: blueprint, at: nil, purpose: purpose, logger: logger, metrics: metrics, pages: pages)
    }

    /// Opens the database that the manifest names, or on SQLite another file in its place.
    init(
        opening blueprint: Blueprint, at file: String?, purpose: String, logger: Logger,
        metrics: PrometheusRegistry? = nil, pages: String? = nil
    ) throws {
        self.blueprint = blueprint
        self.logger = logger
        switch blueprint.manifest.storage {
        case .sqlite(let settings):
            self.engine = try SQLiteEngine(SQLiteConfiguration(path: file ?? settings.path, purpose: purpose))
            self.roles = nil
        case .postgres(let settings):
            let configuration = try settings.configuration(for: purpose)
            self.engine = PostgresEngine(configuration, logger: logger)
            self.roles = settings.roles ? settings.roleSetup(configuration) : nil
        }
        let engine = self.engine
        var seen: any DatabaseEngine = engine
        if let metrics { seen = MeasuredEngine(seen, metrics) }
        if let tracer = ActiveTracer.current { seen = TracedEngine(seen, tracer) }
        let database = Blueprint.database(seen)
        let providers = blueprint.manifest.oidc?.providers ?? []
        let oidc = providers.isEmpty ? nil : OIDCClient()
        self.oidc = oidc
        var bus = BusSettings()
        bus.retentionDays = Int64(blueprint.manifest.retention.eventDays)
        self.runtime = try Runtime(
            assembling: blueprint.assembler, enabled: blueprint.enabled, database: database,
            policy: blueprint.manifest.accounts.sessions, accounts: blueprint.manifest.accounts.policy,
            keys: blueprint.keySource, mail: blueprint.manifest.mail?.transport,
            web: GuardedFetcher(rule: AddressRule(allowing: blueprint.manifest.fetching.allowed)),
            audit: blueprint.manifest.audit,
            oidc: oidc.map { OIDCSignIn.Configuration(providers: providers, gateway: $0) }, bus: bus,
            retention: blueprint.manifest.retention, logger: logger)
        var settings = blueprint.apiSettings
        if let metrics {
            settings.metrics = metrics
            let (hasher, supervisor) = (self.runtime.identity.hasher, self.runtime.supervisor)
            let signals = self.runtime.signals
            let samples: @Sendable () -> [MetricSample] = {
                MetricSample.samples(of: engine)
                    + [MetricSample(.gauge, KernelMetrics.passwordQueue, Double(hasher.pending))]
                    + MetricSample.samples(of: supervisor.statuses) + MetricSample.samples(of: signals)
            }
            settings.readings = { metrics.readings(with: samples()) }
            if let token = blueprint.manifest.metrics.token {
                let page = MetricsPage(metrics, token: token, samples: samples)
                let health = PluginHealthPage(token: token) { supervisor.statuses }
                settings.pages["metrics"] = { page.respond(to: $0) }
                settings.pages["health/plugins"] = { health.respond(to: $0) }
            }
        }
        let shown = blueprint.manifest.pages(folder: pages)
        settings.sites = [
            try ConsoleSite(shown, random: self.runtime.random),
            OIDCReturnSite(isHTTPS: blueprint.manifest.server.https),
            try BookingSite(shown, clock: database.clock, random: self.runtime.random),
        ]
        self.api = try API(self.runtime, settings: settings, logger: logger)
    }

    /// Brings the schema up to date and makes sure that the manifest's organization exists and the keys are the right
    /// ones.
    ///
    /// - Parameter contracts: Whether contracts that are due are applied at once; a server leaves them for later.
    /// - Returns: What was applied now.
    /// - Throws: ``AlmanacStorage/StorageError``; what was applied before the migration that it names stays.
    public func migrate(contracts: Bool = true) async throws -> [AppliedMigration] {
        try await self.requireWhole()
        let applied = try await self.migrator.migrate(self.engine, now: SystemClock().now, contracts: contracts)
        let organization = self.blueprint.manifest.organization
        _ = try await self.runtime.organizations.establish(
            slug: organization.slug, name: organization.name, zone: organization.timeZone, locale: organization.locale,
            currency: organization.currency)
        if let place = try await self.runtime.encryption.prepare() {
            self.logger.notice(
                "made the keys with which values are encrypted: back this file up, apart from the database",
                metadata: ["file": "\(place)"])
        }
        return applied
    }

    /// How far each plugin's schema is.
    public func migrationStatus() async throws -> [MigrationStatus] {
        try await self.requireWhole()
        return try await self.migrator.status(self.engine, now: SystemClock().now)
    }

    /// Does what migrations have left for later: backfills to their end, and the contracts that are due.
    ///
    /// - Returns: What was completed.
    /// - Throws: ``AlmanacStorage/StorageError`` that names what fails; what was done before stays.
    public func finishMigrations() async throws -> [AppliedMigration] { try await self.runtime.migrations.finish() }

    /// Takes migrations back, for whoever develops plugins.
    ///
    /// - Parameters:
    ///   - choice: Which ones.
    ///   - acceptsLoss: Whether rows and values may be lost.
    /// - Returns: What was undone, and what was lost.
    /// - Throws: ``AlmanacStorage/StorageError`` that says what stands in the way; then nothing was changed.
    package func undoMigrations(_ choice: MigrationUndo.Choice, acceptsLoss: Bool) async throws -> MigrationUndo.Report
    {
        try await self.requireWhole()
        return try await MigrationUndo(self.blueprint.assembler.histories) { connection, now in
            try HostRegistry.hosts(connection, at: now).map { "\($0.machine) process \($0.process)" }
        }.run(self.engine, choice, now: SystemClock().now, acceptsLoss: acceptsLoss)
    }

    /// Refuses a database that was restored by half.
    private func requireWhole() async throws {
        let isHalf = try await self.engine.maintain { try DeliveryHold.isMarked($0) }
        if isHalf { throw Refusal.restoreUnfinished }
    }

    var migrator: Migrator {
        Migrator(self.blueprint.assembler.histories, roles: self.roles, gate: HostRegistry.gate)
    }

    /// The organization that the manifest names.
    ///
    /// - Throws: ``AlmanacKernel/Refusal`` when the deployment was not migrated yet.
    public func organization() async throws -> Organization {
        let slug = self.blueprint.manifest.organization.slug
        guard let found = try await self.runtime.organizations.find(slug: slug) else {
            throw Refusal(
                .notFound, "no_organization", "the organization \(slug) does not exist yet: run `almanac migrate`")
        }
        return found
    }

    /// Closes the database after the work under way has ended.
    public func close() async {
        await self.oidc?.close()
        await self.engine.close()
    }
}
