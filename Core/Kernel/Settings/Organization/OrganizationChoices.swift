package import AlmanacStorage
internal import Synchronization

/// What the organizations have chosen for themselves: one row an organization and plugin, read by snapshot.
///
/// A change is seen by the next request on this host, and by the other hosts within a second.
package final class OrganizationChoices: Sendable {
    static let table = Table(.kernel, "organization_setting")

    static let migrationStep = CreateTable(OrganizationChoices.table) {
        Column("plugin", .text)
        Column("version", .integer)
        Column("choices", .json)
        Column("changed_by", .text)
        Column("changed_at", .instant)
        PrimaryKey("plugin")
    }

    private struct Row: Record {
        static let columns: Columns = ["plugin", "version", "choices"]
        let plugin: PluginID
        let version: Int
        let choices: JSONObject

        init(row: inout RowReader) throws {
            self.plugin = PluginID(try row.next(String.self))
            self.version = try row.next()
            self.choices = try row.next(JSON.self).object ?? JSONObject([])
        }
    }

    /// The rows of one organization, as some transaction saw them.
    private struct Snapshot: Sendable {
        let loadedAt: Instant
        let settings: [PluginID: EffectiveSettings]
    }

    private struct State {
        var snapshots: [OrganizationID: Snapshot] = [:]
        /// The versions that were committed here: an older state is not remembered, whoever had read it before.
        var floors: [OrganizationID: [PluginID: Int]] = [:]
    }

    /// One second, in microseconds.
    private static let freshness: Int64 = 1_000_000
    /// Beyond so many organizations memory is used anew.
    private static let capacity = 10_000

    private let state = Mutex(State())
    private let frozen = Mutex<[SettingsSection]>([])

    init() {}

    /// What may be chosen, by plugin.
    package var sections: [SettingsSection] { self.frozen.withLock { $0 } }

    func freeze(_ sections: [SettingsSection]) { self.frozen.withLock { $0 = sections } }

    /// What may be chosen for a plugin.
    package func section(of plugin: PluginID) -> SettingsSection? { self.sections.first { $0.plugin == plugin } }

    // MARK: Reading

    /// What holds in the transaction's organization; from memory where that is younger than a second.
    ///
    /// - Returns: `nil` when the plugin has no such settings.
    package func current(_ plugin: PluginID, in tx: ReadTransaction) throws -> EffectiveSettings? {
        guard let section = self.section(of: plugin) else { return nil }
        guard let organization = tx.scope.organization else { return EffectiveSettings(section) }
        let remembered = self.state.withLock { $0.snapshots[organization] }
        if let remembered, (0...Self.freshness).contains(tx.now.microseconds(since: remembered.loadedAt)) {
            return remembered.settings[plugin] ?? EffectiveSettings(section)
        }
        let settings = try self.stored(organization, in: tx)
        self.remember(Snapshot(loadedAt: tx.now, settings: settings), of: organization)
        return settings[plugin] ?? EffectiveSettings(section)
    }

    /// What holds in the transaction's organization as the database has it: for those who change it.
    package func stored(_ plugin: PluginID, in tx: ReadTransaction) throws -> EffectiveSettings? {
        guard let section = self.section(of: plugin), let organization = tx.scope.organization else { return nil }
        return try self.stored(organization, in: tx)[plugin] ?? EffectiveSettings(section)
    }

    private func stored(
        _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [PluginID: EffectiveSettings] {
        let rows = try tx.entering(.kernel).fetchAll(
            "SELECT \(Row.columns) FROM \(Self.table) WHERE organization_id = \(organization)", as: Row.self)
        var settings: [PluginID: EffectiveSettings] = [:]
        for row in rows {
            guard let section = self.section(of: row.plugin) else { continue }
            settings[row.plugin] = EffectiveSettings(section, version: row.version, choices: row.choices)
        }
        return settings
    }

    private func remember(_ snapshot: Snapshot, of organization: OrganizationID) {
        self.state.withLock { state in
            let isOld = state.floors[organization]?.contains { (snapshot.settings[$0]?.version ?? 1) < $1 } ?? false
            guard !isOld else { return }
            if state.snapshots.count >= Self.capacity { state.snapshots.removeAll(keepingCapacity: true) }
            state.snapshots[organization] = snapshot
        }
    }

    // MARK: Changing

    /// Changes what the organization has chosen for a plugin; `null` takes a choice back.
    ///
    /// - Throws: ``Refusal`` with everything that is wrong, or when the caller has seen another version.
    package func change(
        _ plugin: PluginID, _ changes: JSONObject, _ call: Call, in tx: Transaction
    ) throws -> EffectiveSettings {
        let tx = tx.entering(.kernel)
        try tx.lock([LockKey("organization settings", call.organization)])
        guard let before = try self.stored(plugin, in: tx.reading) else {
            throw Refusal.notFound("plugin with settings")
        }
        try call.match(version: before.version)
        try Self.check(changes, before.section)
        var choices = before.choices
        for member in changes.members { choices[member.name] = member.value == .null ? nil : member.value }
        guard choices != before.choices else { return before }
        let after = EffectiveSettings(before.section, version: before.version + 1, choices: choices)
        try Self.checkTogether(after, changes)
        try tx.execute(
            """
            INSERT INTO \(Self.table) (organization_id, plugin, version, choices, changed_by, changed_at)
            VALUES (\(call.organization), \(plugin.name), \(after.version), \(JSON.object(choices)),
                \(call.principal.name), \(tx.now))
            ON CONFLICT (organization_id, plugin) DO UPDATE SET version = excluded.version, choices = excluded.choices,
                changed_by = excluded.changed_by, changed_at = excluded.changed_at
            """)
        try tx.audit(
            "kernel.settings.changed", object: AuditEntry.Object("organization", call.organization),
            changes: Self.compared(before, after, changes), detail: ["plugin": .string(plugin.name)])
        tx.afterCommit { self.publish(plugin, after.version, call.organization) }
        return after
    }

    /// What a change tells the audit log: no setting of an organization is a secret.
    private static func compared(
        _ before: EffectiveSettings, _ after: EffectiveSettings, _ changes: JSONObject
    ) throws -> AuditChanges {
        var compared = AuditChanges()
        for field in changes.members.compactMap({ before.section.field($0.name) }) {
            try compared.compare(field.key, before.value(of: field), after.value(of: field))
        }
        return compared
    }

    /// Refuses keys that there are not, or that are locked.
    private static func check(_ changes: JSONObject, _ section: SettingsSection) throws {
        let fields = changes.members.compactMap { member -> Refusal.Field? in
            let pointer = Self.pointer(member.name)
            guard let field = section.field(member.name) else {
                let advice = Spelling.advice(for: member.name, among: section.fields.map(\.key))
                return .init(pointer, "unknown_setting", "there is no such setting" + (advice.map { ": \($0)" } ?? ""))
            }
            guard !section.locked.contains(member.name) || member.value == .null else {
                return .init(pointer, "setting_locked", "the operator of this deployment has fixed this setting")
            }
            guard member.value == .null || field.type.admits(member.value) else {
                return .init(pointer, "invalid_setting", "expected \(field.type.summary)")
            }
            return nil
        }
        try Self.refuse(fields)
    }

    /// Refuses values that the settings do not take, alone or together.
    private static func checkTogether(_ after: EffectiveSettings, _ changes: JSONObject) throws {
        let open = after.choices.members.filter { after.section.field($0.name) != nil }
        let problems = after.section.problems(
            of: JSONObject(open.filter { !after.section.locked.contains($0.name) }.map { ($0.name, $0.value) }))
        try Self.refuse(
            problems.map { problem in
                let key = problem.position?.file ?? ""
                let isChanged = changes.members.contains { $0.name.utf8.elementsEqual(key.utf8) }
                return .init(isChanged ? Self.pointer(key) : "/settings", "invalid_setting", problem.message)
            })
    }

    private static func refuse(_ fields: [Refusal.Field]) throws {
        guard !fields.isEmpty else { return }
        throw Refusal(.invalid, "invalid_settings", "the settings cannot be changed as asked", fields: fields)
    }

    /// A key of the settings as a JSON Pointer (RFC 6901 §3).
    private static func pointer(_ key: String) -> String {
        "/settings/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    private func publish(_ plugin: PluginID, _ version: Int, _ organization: OrganizationID) {
        self.state.withLock { state in
            state.snapshots[organization] = nil
            state.floors[organization, default: [:]][plugin] = version
        }
    }
}
