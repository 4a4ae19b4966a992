package import AlmanacStorage
internal import Logging

/// What is kept for how long, and what is left of what was removed: as an operator sees it.
package struct RetentionDesk: Sendable {
    private static let scope = Scope.system(SystemScope("show what is kept to the operator"))

    /// A rule as it stands.
    package struct Line: Sendable, Equatable {
        /// The table with its room.
        package let table: String
        /// Which of its rows, where it is not all.
        package let which: String?
        /// The column from which the time counts.
        package let since: String
        /// The column that holds an instant before which rows are kept in any case.
        package let until: String?
        /// Seconds after which rows are removed.
        package let seconds: Int64
        /// Days for which removed rows are kept compressed; `nil` when they are gone for good.
        package let archiveDays: Int?
        /// How many rows have had their time and are still there.
        package let due: Int
    }

    /// Which archives are meant.
    package struct Filter: Sendable {
        /// Only those of an organization.
        package var organization: OrganizationID?
        /// Only those of a table, as `messaging.delivery`.
        package var table: String?
        /// Only those with rows since an instant.
        package var from: Instant?
        /// Only those with rows before an instant.
        package var until: Instant?

        package init() {}
    }

    private let database: Database
    private let rules: [RetentionRule]
    /// Removes what has had its time.
    package let service: RetentionService

    init(_ database: Database, _ declarations: [Declaration], _ settings: RetentionSettings, logger: Logger) {
        self.database = database.entering(.kernel)
        self.rules = KernelRetention.rules + RetentionRule.declared(by: declarations, settings)
        self.service = RetentionService(database, self.rules, logger: logger)
    }

    /// All rules, with how much there is to do.
    package func lines() async throws -> [Line] {
        var lines: [Line] = []
        for rule in self.rules {
            let due = try await self.database.entering(rule.table.namespace).read(in: Self.scope) { tx in
                try rule.countDue(in: tx)
            }
            lines.append(
                Line(
                    table: rule.name, which: rule.which, since: rule.since, until: rule.until, seconds: rule.seconds,
                    archiveDays: rule.archive?.days, due: due))
        }
        return lines
    }

    /// Archives, the oldest first.
    package func archives(_ filter: Filter) async throws -> [StoredArchive] {
        var conditions: [SQL] = ["0 = 0"]
        if let organization = filter.organization { conditions.append("organization_id = \(organization)") }
        if let table = filter.table { conditions.append("source = \(table)") }
        if let from = filter.from { conditions.append("last_at >= \(from)") }
        if let until = filter.until { conditions.append("first_at < \(until)") }
        let condition = SQL.joined(conditions, by: " AND ")
        return try await self.database.read(in: Self.scope) { tx in
            try tx.fetchAll(
                """
                SELECT \(StoredArchive.columns) FROM \(StoredArchive.table) WHERE \(condition)
                ORDER BY source, first_at, id
                """)
        }
    }

    /// Hands over what was removed, a line of JSON for each row, an archive at a time.
    ///
    /// - Parameters:
    ///   - filter: Of which archives; an archive is taken as a whole.
    ///   - text: Only lines in which it stands, byte for byte as the line has it; all when empty.
    ///   - body: Takes a line without its line break.
    /// - Throws: What the database throws; an error when an archive is damaged.
    package func search(
        _ filter: Filter, for text: String = "", _ body: (StoredArchive, String) throws -> Void
    ) async throws {
        for archive in try await self.archives(filter) {
            let content = try await self.database.read(in: Self.scope) { tx in
                try tx.value(
                    "SELECT content FROM \(StoredArchive.table) WHERE id = \(archive.id)", as: [UInt8].self)
            }
            // Its own time may be over by now.
            guard let content else { continue }
            let lines = try Zlib.expand(content, size: archive.size).split(separator: UInt8(ascii: "\n"))
            for line in lines where text.isEmpty || line.contains(text.utf8) {
                try body(archive, String(decoding: line, as: UTF8.self))
            }
        }
    }
}
