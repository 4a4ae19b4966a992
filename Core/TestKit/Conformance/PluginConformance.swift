public import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import Logging

/// What every plugin must keep to, as one check: the first test of a plugin's own suite.
///
/// ```swift
/// @Test func keepsTheContract() async throws {
///     #expect(try await PluginConformance(of: Reviews.self).problems() == [])
/// }
/// ```
public struct PluginConformance<P: Plugin>: Sendable {
    private let neighbors: [any Plugin.Type]
    private let enabled: [EnabledPlugin]
    private let checkedInCode: Set<Permission>

    /// Describes a check.
    ///
    /// - Parameters:
    ///   - plugin: The plugin.
    ///   - settings: Settings with which it assembles.
    ///   - neighbors: The plugins that it needs or uses, with those that they need.
    ///   - neighborSettings: Settings of those neighbors that cannot do without.
    ///   - checkedInCode: Permissions that no endpoint asks for because handlers do.
    public init(
        of plugin: P.Type, settings: SettingsNode = [:], neighbors: [any Plugin.Type] = [],
        neighborSettings: [EnabledPlugin] = [], checkedInCode: Set<Permission> = []
    ) {
        self.neighbors = neighbors
        let known = Set(neighborSettings.map(\.id))
        self.enabled =
            neighborSettings
            + neighbors.map { $0.declaration.id }.filter { !known.contains($0) }.map { EnabledPlugin($0) }
            + [EnabledPlugin(P.declaration.id, settings: settings)]
        self.checkedInCode = checkedInCode
    }

    /// Everything that is wrong with the plugin.
    ///
    /// - Parameter engines: Where its migrations are tried.
    /// - Returns: One message for each problem; empty when the plugin keeps to the contract.
    /// - Throws: ``TestKitError`` when an engine cannot be had.
    public func problems(on engines: [TestEngine] = TestEngine.allCases) async throws -> [String] {
        var found = self.settings + self.assembly
        for engine in engines { found += try await self.schema(on: engine).map { "on \(engine): \($0)" } }
        return found
    }

    /// Each setting says what it means.
    private var settings: [String] {
        do {
            return try P.Settings.schema().flattened.filter { $0.field.about.isEmpty }.map {
                "the setting \($0.path) does not say what it means"
            }
        } catch {
            return error.all.map(\.description)
        }
    }

    /// It assembles without a database, twice to the same, and declares no permission in vain.
    private var assembly: [String] {
        do {
            let first = try self.assemble()
            let second = try self.assemble()
            let labels = [first, second].map { $0.plugins.flatMap { $0.contributions.items.map(\.label) } }
            return (labels[0] == labels[1] ? [] : ["it contributes something else each time it is made"])
                + self.unusedPermissions(first)
        } catch {
            return error.all.map(\.description)
        }
    }

    private func assemble() throws(Problems) -> Graph {
        let database = Database(
            engine: OfflineEngine(), namespace: .kernel, clock: ManualClock(TestClock.start), ids: UUIDv7Generator())
        let logger = Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() }
        let runtime = try Runtime(
            assembling: Assembler(self.neighbors + [P.self]), enabled: self.enabled, database: database,
            hasher: PasswordHasher(cost: .forTests), logger: logger)
        try API(runtime, settings: APISettings(title: "Conformance", version: "0"), logger: logger).verifyDescriptions()
        return runtime.platform.graph
    }

    private func unusedPermissions(_ graph: Graph) -> [String] {
        let asked = graph.contributions(of: Endpoint.self).compactMap { _, endpoint -> Permission? in
            if case .permission(let permission) = endpoint.access { permission } else { nil }
        }
        let used = self.checkedInCode.union(asked)
        return P.declaration.permissions.map(\.permission).filter { !used.contains($0) }.map {
            "no endpoint asks for the permission \($0); list it in checkedInCode when handlers do"
        }
    }

    /// Its migrations apply from nothing and once only, in its own room, with the walls between organizations up.
    private func schema(on engine: TestEngine) async throws -> [String] {
        let all = Assembler(self.neighbors + [P.self]).histories
        let own = P.declaration.history
        let others = all.filter { $0.namespace != own.namespace }
        return try await withTestDatabase(engine, migrations: others) { database in
            let before = try await SchemaInspection(database)
            let migrator = Migrator(all, roles: RoleSetup())
            do {
                _ = try await migrator.migrate(database.engine, now: TestClock.start)
                let again = try await migrator.migrate(database.engine, now: TestClock.start)
                guard again.isEmpty else { return ["its migrations are applied again: \(again.map(\.name))"] }
            } catch {
                return ["its migrations fail: \(error)"]
            }
            let after = try await SchemaInspection(database)
            return after.problems(since: before, room: own.namespace)
        }
    }
}
