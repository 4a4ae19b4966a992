internal import AlmanacKernel
package import AlmanacStorage
internal import AlmanacSurface
internal import Bookings
internal import Foundation
internal import Logging

/// A deployment in a rehearsal: its plugins, settings and demo data, on a database of its own that is thrown away, under
/// a virtual clock.
package struct SimulatedDeployment: Sendable {
    /// What came of a rehearsal.
    package struct Outcome: Sendable {
        /// For people.
        package let lines: [String]
        /// For programs.
        package let json: JSON
        /// Whether everything that must hold did.
        package let isSound: Bool
    }

    private let blueprint: Blueprint
    private let manifestPath: String

    /// - Parameters:
    ///   - blueprint: A checked deployment; its own database is not touched.
    ///   - manifestPath: The file it was made from.
    package init(_ blueprint: Blueprint, manifestPath: String) {
        self.blueprint = blueprint
        self.manifestPath = manifestPath
    }

    /// Lets customers come for some weeks.
    ///
    /// - Parameters:
    ///   - weeks: How many; 1…104.
    ///   - seed: What everything drawn depends on.
    ///   - start: When it begins.
    /// - Returns: The report, the same for the same deployment, weeks, seed and beginning.
    /// - Throws: ``AlmanacKernel/Problems`` when the manifest names no demo data; what the platform throws when it fails.
    package func run(weeks: Int, seed: UInt64, from start: Instant) async throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("almanac-simulate-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let engine = try SQLiteEngine(
            SQLiteConfiguration(
                path: folder.appendingPathComponent("rehearsal.db").path, durability: .normal,
                purpose: "almanac simulate"))
        do {
            let outcome = try await self.run(
                SimulationPlan(weeks: weeks, seed: seed), on: engine, ManualClock(start))
            await engine.close()
            return outcome
        } catch {
            await engine.close()
            throw error
        }
    }

    private func run(
        _ plan: SimulationPlan, on engine: SQLiteEngine, _ clock: ManualClock
    ) async throws -> Outcome {
        let logger = Logger(label: "almanac.simulate") { _ in SwiftLogNoOpLogHandler() }
        let migrator = Migrator(self.blueprint.assembler.histories, roles: nil, gate: HostRegistry.gate)
        _ = try await migrator.migrate(engine, now: clock.now, contracts: true)
        let random = SeededRandom(seed: plan.seed)
        let database = Database(
            engine: engine, namespace: .kernel, clock: clock,
            ids: UUIDv7Generator(random: SeededRandom(seed: ~plan.seed)))
        var bus = BusSettings()
        bus.usesSharedTime = false
        // Nobody is there to be kept out: hashing as cheaply as can be, and sessions that last.
        let runtime = try Runtime(
            assembling: self.blueprint.assembler, enabled: self.blueprint.enabled, database: database,
            hasher: PasswordHasher(cost: .forTests, random: random), random: random,
            policy: Identity.Policy(accessSeconds: 86_400), bus: bus, logger: logger)
        let manifest = self.blueprint.manifest.organization
        let organization = try await runtime.organizations.establish(
            slug: manifest.slug, name: manifest.name, zone: manifest.timeZone, locale: manifest.locale,
            currency: manifest.currency)
        try await self.importDemo(into: runtime, organization)
        let api = try API(runtime, settings: self.blueprint.apiSettings, logger: logger)
        var simulation = BookingSimulation(plan, on: runtime, api, clock, organization)
        let report = try await simulation.run()
        return Outcome(lines: report.lines, json: report.json, isSound: report.violations.isEmpty)
    }

    private func importDemo(into runtime: Runtime, _ organization: Organization) async throws {
        guard let folder = self.blueprint.manifest.demo else {
            throw Problems([
                Problem(
                    place: self.manifestPath, message: "names no demo data",
                    advice: "add `demo: FOLDER`: what can be booked in a simulation is what stands there")
            ])
        }
        let seed = SeedCommand(
            imports: runtime.platform.graph.contributions(of: DataImport.self), people: runtime.people,
            makesAccounts: false)
        let files = try SeedFolder.read(folder, known: seed.files)
        let call = Call(organization: organization.id, principal: .system("seed"), origin: Origin(.cli))
        _ = try await runtime.invoker.run(seed.command, of: "kernel", files, as: call)
    }
}
