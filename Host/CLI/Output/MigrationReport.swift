internal import AlmanacStorage

/// What `almanac migrate` prints.
struct MigrationReport {
    private let format: OutputFormat

    init(_ format: OutputFormat) { self.format = format }

    /// What was applied, and what is left for later.
    func show(_ applied: [AppliedMigration], _ left: [OutstandingMigration]) {
        switch self.format {
        case .text:
            if applied.isEmpty { Terminal.print("The database is up to date.") }
            for migration in applied { Terminal.print("applied \(Self.label(migration))") }
            for migration in left { Terminal.print("left for later: \(migration.plugin) \(Self.line(migration))") }
        case .json:
            Terminal.print(
                json: JSON.object([
                    "applied": .array(applied.map { Self.json($0) }),
                    "outstanding": .array(left.map { Self.json($0) }),
                ]).serialized)
        }
    }

    /// How far each plugin is.
    func show(_ status: [MigrationStatus]) {
        switch self.format {
        case .text:
            for plugin in status {
                Terminal.print("\(plugin.plugin): \(plugin.applied) applied, \(plugin.pending.count) missing")
                for migration in plugin.pending { Terminal.print("  missing \(migration)") }
                for migration in plugin.outstanding { Terminal.print("  left for later: \(Self.line(migration))") }
            }
        case .json:
            let list = status.map { plugin -> JSON in
                [
                    "plugin": .string(plugin.plugin), "applied": .number(JSONNumber(plugin.applied)),
                    "pending": .array(plugin.pending.map { .string($0) }),
                    "outstanding": .array(plugin.outstanding.map { Self.json($0) }),
                ]
            }
            let isUpToDate = status.allSatisfy(\.pending.isEmpty)
            Terminal.print(json: JSON.object(["upToDate": .bool(isUpToDate), "plugins": .array(list)]).serialized)
        }
    }

    /// What was undone.
    func show(_ report: MigrationUndo.Report) {
        switch self.format {
        case .text:
            for migration in report.undone { Terminal.print("undone \(Self.label(migration))") }
            for loss in report.lost { Terminal.print("lost \(loss)") }
        case .json:
            Terminal.print(
                json: JSON.object([
                    "undone": .array(report.undone.map { Self.json($0) }),
                    "lost": .array(report.lost.map { .string($0) }),
                ]).serialized)
        }
    }

    private static func label(_ migration: AppliedMigration) -> String {
        "\(migration.plugin) \(migration.number) \(migration.name)"
    }

    private static func json(_ migration: AppliedMigration) -> JSON {
        [
            "plugin": .string(migration.plugin), "number": .number(JSONNumber(migration.number)),
            "name": .string(migration.name),
        ]
    }

    private static func line(_ migration: OutstandingMigration) -> String {
        var words = "\(migration.number) \(migration.name)"
        if let backfill = migration.backfill { words += ", backfill \(backfill)" }
        if let progress = migration.progress {
            words += ": \(progress.visited) of about \(progress.total) rows visited, \(progress.done) done"
            if progress.pass > 1 { words += ", pass \(progress.pass)" }
            if let error = progress.error { words += "; failed \(progress.failures) times: \(error)" }
        }
        if let obstacle = migration.obstacle { return "\(words); \(obstacle)" }
        return migration.progress == nil ? "\(words); due, a server or --finish does it" : words
    }

    private static func json(_ migration: OutstandingMigration) -> JSON {
        var members: JSONObject = [
            "plugin": .string(migration.plugin), "number": .number(JSONNumber(migration.number)),
            "name": .string(migration.name), "kind": .string(migration.backfill == nil ? "contract" : "backfill"),
        ]
        if let name = migration.backfill { members["backfill"] = .string(name) }
        if let obstacle = migration.obstacle { members["waits"] = .string(obstacle) }
        if let progress = migration.progress {
            members["visited"] = .number(JSONNumber(progress.visited))
            members["total"] = .number(JSONNumber(progress.total))
            members["done"] = .number(JSONNumber(progress.done))
            members["pass"] = .number(JSONNumber(progress.pass))
            members["failures"] = .number(JSONNumber(progress.failures))
            if let error = progress.error { members["error"] = .string(error) }
        }
        return .object(members)
    }
}
