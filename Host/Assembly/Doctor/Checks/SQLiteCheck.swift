internal import AlmanacStorage
internal import Foundation

/// What a SQLite file says of itself.
struct SQLiteCheck {
    let path: String

    /// A whole check of a larger file would keep the disk busy for long.
    private static let wholeCheckLimit = 512 << 20

    func findings(_ subject: Doctor.Subject) -> [Finding] {
        let version = Self.judge(version: SQLiteInspection.libraryVersion)
        guard FileManager.default.fileExists(atPath: self.path) else {
            return [
                .warning(
                    DatabaseCheck.reachable, "the file \(self.path) does not exist yet",
                    advice: "run `almanac migrate` or `almanac serve`, which make it"),
                version,
            ]
        }
        do {
            let found = try SQLiteInspection.inspect(self.path) { connection in
                try self.examine(connection, subject)
            }
            return [.ok(DatabaseCheck.reachable, "the SQLite file \(self.path) can be read"), version] + found
        } catch {
            return [DatabaseCheck.failure(error), version]
        }
    }

    private func examine(_ connection: any MaintenanceConnection, _ subject: Doctor.Subject) throws -> [Finding] {
        let mode = try connection.rows("PRAGMA journal_mode").first?.first.flatMap { $0 } ?? ""
        let migrations = subject.migrations
        var findings = [Self.judge(journalMode: mode)]
        findings.append(Self.judge(durability: SQLiteConfiguration(path: self.path).durability))
        findings.append(try self.integrity(connection))
        findings += MigrationCheck.findings(try migrations.reports(connection))
        if let last = try migrations.lastApplied(connection) {
            findings.append(ClockCheck.judge(remembered: last, now: subject.clock.now))
        }
        findings += try HostsCheck.findings(connection, subject)
        return findings
    }

    private func integrity(_ connection: any MaintenanceConnection) throws -> Finding {
        let name = "sqlite.integrity"
        let size = (try? FileManager.default.attributesOfItem(atPath: self.path)[.size] as? Int) ?? 0
        guard size <= Self.wholeCheckLimit else {
            return .ok(
                name, "the file has \(size >> 20) MiB and was not checked as a whole; `PRAGMA quick_check` does it")
        }
        let rows = try connection.rows("PRAGMA quick_check(3)").compactMap { $0.first.flatMap { $0 } }
        let orphans = try connection.rows("PRAGMA foreign_key_check")
        if rows == ["ok"], orphans.isEmpty { return .ok(name, "the file is intact") }
        let what =
            rows == ["ok"] ? "\(orphans.count) rows point at rows that do not exist" : rows.joined(separator: "; ")
        return .problem(
            name, "the file is damaged: \(what)",
            advice: "stop the server, keep a copy of the file and restore the last backup")
    }

    /// Whether readers and the writer get out of each other's way.
    static func judge(journalMode mode: String) -> Finding {
        let name = "sqlite.journal"
        if mode == "wal" { return .ok(name, "the file has a write-ahead log: readers do not wait for the writer") }
        return .warning(
            name, "the file's journal mode is \(mode) and not wal, so another program has changed it",
            advice: "start `almanac serve` once, which turns the write-ahead log on again")
    }

    /// When a commit is confirmed; each connection chooses that for itself, so the file does not tell.
    static func judge(durability: SQLiteConfiguration.Durability) -> Finding {
        let name = "sqlite.durability"
        if durability == .full {
            return .ok(name, "commits are confirmed after they have reached the disk (synchronous = FULL)")
        }
        return .warning(
            name, "commits are confirmed before they have reached the disk (synchronous = \(durability.rawValue))",
            advice: "expect that a power cut takes the last of them back")
    }

    /// Whether the library has the bug that can damage a file with a write-ahead log.
    ///
    /// Versions 3.7.0 to 3.51.2 can lose track of the log when two connections write or checkpoint at the same moment
    /// (<https://sqlite.org/wal.html#walresetbug>).
    static func judge(version: String) -> Finding {
        let name = "sqlite.version"
        let parts = version.split(separator: ".").map { Int($0) ?? 0 }
        if !parts.lexicographicallyPrecedes([3, 51, 3]) { return .ok(name, "SQLite \(version)") }
        return .warning(
            name,
            """
            SQLite \(version) is older than 3.51.3 and has the WAL-reset bug, which damages a file when two connections \
            write or checkpoint at once: Almanac does both through one connection and cannot meet it, another program \
            that opens the file for writing can
            """,
            advice: """
                install a newer libsqlite3 when the system has one; until then let no other program write to the file \
                while Almanac serves, and back it up with `VACUUM INTO` or `.backup` over a read-only connection
                """)
    }
}
