internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacServer
internal import AlmanacSurface
internal import ArgumentParser
internal import Logging
internal import ServiceLifecycle

/// Serves until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until SIGTERM or SIGINT, then finish what was begun.",
        discussion: "Brings the database up to date first, and says on standard output when it listens.")

    @OptionGroup var manifest: ManifestOptions
    @Option(help: "The address to listen on; otherwise the manifest's.")
    var host: String?
    @Option(help: "The port to listen on, 0 for any free one; otherwise the manifest's.")
    var port: Int?
    @Flag(help: "Load the demo data, unless it is there, and say how to try it.")
    var demo = false

    @Option(help: "For development: a folder with templates, styles and scripts, read anew for each page.")
    var pages: String?

    func validate() throws {
        if let port = self.port, !(0...65_535).contains(port) { throw ValidationError("--port must be 0 to 65535.") }
        if let host = self.host, host.isEmpty { throw ValidationError("--host must not be empty.") }
    }

    func run() async throws {
        let signals = try StopSignals()
        Heap.keepSmall()
        try await self.manifest.withDeployment(
            for: "serve", makesDatabase: true, pages: self.pages
        ) { deployment, logger in
            let applied = try await deployment.migrate(contracts: false)
            if !applied.isEmpty {
                logger.info("database brought up to date", metadata: ["migrations": "\(applied.count)"])
            }
            self.warn(deployment.blueprint.manifest, logger)
            if let hold = try await deployment.runtime.deliveries.current() {
                logger.warning(
                    "deliveries are held: look around, then run `almanac deliveries release`",
                    metadata: ["reason": "\(hold.reason)"])
            }
            try await deployment.runtime.quarantine.refresh(deployment.runtime.supervisor)
            let guide = self.demo ? try await self.prepareDemo(deployment) : nil
            // What cannot be described is said now and not to the first who asks.
            try deployment.api.verifyDescriptions()
            let settings = self.settings(deployment.blueprint.manifest.server)
            let server = APIServer(api: deployment.api, settings: settings, logger: logger) { host, port in
                let address = ServerAddress(host: host, port: port)
                Terminal.print("listening on \(address.listening)")
                if let guide { Terminal.print(guide.text(at: address.reachable)) }
            }
            let presence = HostPresence(
                deployment.blueprint.hostDescription(manifest: self.manifest.manifest), deployment.runtime.database,
                logger: logger)
            // Known to the others, it looks once more: one of them may just have removed what it relies on.
            try await presence.step()
            do {
                _ = try await deployment.migrationStatus()
            } catch {
                try? await presence.leave()
                throw error
            }
            self.startWatchdog(deployment)
            let intake: [any Service] = deployment.backupIntake(logger: logger).map { [$0] } ?? []
            try await self.run(deployment.runtime.services + intake + [presence, server], settings, signals, logger)
        }
    }

    /// Says what visitors will find not to work.
    private func warn(_ manifest: Manifest, _ logger: Logger) {
        guard manifest.mail == nil, manifest.accounts.policy.registration != .closed else { return }
        logger.warning(
            """
            no mail is sent, so that nobody can make an account or choose a forgotten password anew: say in the \
            manifest's section mail where mails go, or close the registration in its section accounts
            """)
    }

    private func settings(_ manifest: Manifest.Server) -> ServerSettings {
        ServerSettings(
            host: self.host ?? manifest.host, port: self.port ?? manifest.port,
            maximumBodyBytes: manifest.maxBodyKilobytes * 1_024, maximumConnections: manifest.connections.total,
            maximumConnectionsPerAddress: manifest.connections.perAddress,
            uncountedAddresses: manifest.trustedProxies, headTimeoutSeconds: manifest.headTimeoutSeconds,
            requestTimeoutSeconds: manifest.requestTimeoutSeconds, answerTimeoutSeconds: manifest.answerTimeoutSeconds)
    }

    /// Lets a thread of its own end the process when nothing comes on any more.
    private func startWatchdog(_ deployment: Deployment) {
        let limit = deployment.blueprint.manifest.server.watchdogSeconds
        guard limit > 0 else { return }
        let watchdog = deployment.runtime.supervisor.watchdog
        deployment.runtime.watchHeartbeats()
        watchdog.watchEventLoops()
        watchdog.endProcess(after: limit)
    }

    /// Runs until a signal; requests in flight get as long as any request has.
    ///
    /// Services end in reverse order: the server, which comes last, before what it relies on.
    private func run(
        _ services: [any Service], _ settings: ServerSettings, _ signals: StopSignals, _ logger: Logger
    ) async throws {
        // When a part fails without which nothing may go on, requests in flight are still answered.
        let all = services.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
        }
        var configuration = ServiceGroupConfiguration(services: all, logger: logger)
        let deadline = settings.requestTimeoutSeconds + 5
        configuration.maximumGracefulShutdownDuration = .seconds(deadline)
        // Where no signal ends it, but a part that failed; a signal's own end comes first.
        configuration.maximumCancellationDuration = .seconds(15)
        let group = ServiceGroup(configuration: configuration)
        // What does not even end when it is cancelled does not hold up the end.
        signals.serve(group, deadline: .seconds(deadline + 10), logger)
        try await group.run()
    }

    private func prepareDemo(_ deployment: Deployment) async throws -> DemoGuide {
        Terminal.complain("loading the demo data, unless it is there …")
        let report = try await Seeder(deployment, manifestPath: self.manifest.manifest).loadDemo()
        let tour = try await DemoTour.plan(deployment, after: report)
        return DemoGuide(deployment.blueprint.manifest, report, tour)
    }
}
