package import AlmanacStorage

/// Which plugins operators have put aside: their background work waits, on all hosts, until they are released.
///
/// Requests are answered as before. What is meant for the plugin is kept: events, jobs.
package struct Quarantine: Sendable {
    /// A plugin that was put aside.
    package struct Entry: Record, Sendable, Equatable {
        package static let columns: Columns = ["plugin_id", "reason", "since"]

        /// The plugin.
        package let plugin: PluginID
        /// Why, in the operator's words.
        package let reason: String
        /// Since when.
        package let since: Instant

        package init(row: inout RowReader) throws {
            self.plugin = PluginID(try row.next() as String)
            self.reason = try row.next()
            self.since = try row.next()
        }
    }

    static let table = Table(.kernel, "plugin_quarantine", ownership: .deployment)

    static let migrationStep = CreateTable(Self.table) {
        Column("plugin_id", .text)
        Column("reason", .text)
        Column("since", .instant)
        PrimaryKey("plugin_id")
    }

    /// How often a server looks.
    private static let interval = 5
    private static let scope = Scope.system(SystemScope("put plugins aside"))

    private let database: Database

    package init(_ database: Database) { self.database = database.entering(.kernel) }

    /// The plugins that are put aside, by id.
    package func all() async throws -> [Entry] {
        try await self.database.read(in: Self.scope) { tx in
            try tx.fetchAll("SELECT \(Entry.columns) FROM \(Self.table) ORDER BY plugin_id", as: Entry.self)
        }
    }

    /// Puts a plugin aside, which is audited in each organization.
    ///
    /// - Parameters:
    ///   - plugin: The plugin.
    ///   - reason: Why, in the operator's words.
    ///   - actor: Who does it.
    /// - Returns: Whether it was not put aside before.
    /// - Throws: What the database throws; then nothing has changed.
    package func add(_ plugin: PluginID, _ reason: String, by actor: String) async throws -> Bool {
        try await self.database.write(in: Self.scope) { tx in
            let added = try tx.execute(
                """
                INSERT INTO \(Self.table) (plugin_id, reason, since)
                VALUES (\(plugin.name), \(reason), \(tx.now)) ON CONFLICT DO NOTHING
                """)
            guard added == 1 else { return false }
            try Recovery.audit(
                "kernel.plugins.quarantined", by: actor,
                detail: ["plugin": .string(plugin.name), "reason": .string(reason)], in: tx)
            return true
        }
    }

    /// Releases a plugin, which is audited in each organization.
    ///
    /// - Returns: Whether it was put aside.
    /// - Throws: What the database throws; then nothing has changed.
    package func remove(_ plugin: PluginID, by actor: String) async throws -> Bool {
        try await self.database.write(in: Self.scope) { tx in
            guard try tx.execute("DELETE FROM \(Self.table) WHERE plugin_id = \(plugin.name)") == 1 else {
                return false
            }
            try Recovery.audit(
                "kernel.plugins.released", by: actor, detail: ["plugin": .string(plugin.name)], in: tx)
            return true
        }
    }

    /// Tells a supervisor which plugins are put aside: before it begins, and again and again.
    package func refresh(_ supervisor: Supervisor) async throws { supervisor.quarantine(try await self.all()) }

    func work(for supervisor: Supervisor) -> BackgroundWork {
        .housekeeping("quarantine", everySeconds: Self.interval) {
            try await self.refresh(supervisor)
            return false
        }
    }
}
