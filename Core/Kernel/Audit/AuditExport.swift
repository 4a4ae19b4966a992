package import AlmanacStorage

/// Reads an organization's log from one end to the other, a page at a time, as lines of JSON.
///
/// A line is `{"entry":…,"hash":…,"position":…}`: the canonical bytes of the entry as they are hashed, the chain's hash
/// in hexadecimal, and the position. Entries that are not sealed yet come last, with `null` for both.
package struct AuditExport: Sendable {
    private static let page = 500

    private let database: Database

    init(_ database: Database) { self.database = database.entering(.kernel) }

    /// Hands over every entry that meets the filter, by position.
    ///
    /// - Parameters:
    ///   - organization: Whose log.
    ///   - filter: Which entries.
    ///   - body: Takes some lines at a time, each with its line break.
    /// - Returns: How many entries there were.
    /// - Throws: What the database throws; what `body` throws.
    @discardableResult
    package func write(
        _ organization: OrganizationID, _ filter: AuditFilter = AuditFilter(), to body: ([UInt8]) throws -> Void
    ) async throws -> Int {
        var last = try await self.database.read(in: .organization(organization)) { tx in
            try Self.start(filter, of: organization, in: tx)
        }
        var count = 0
        while true {
            let after = last
            // The last page and what is not sealed come from one state: nothing can pass from the one to the other.
            let (lines, waiting) = try await self.database.read(in: .organization(organization)) { tx in
                let lines = try Line.page(filter, after: after, limit: Self.page, of: organization, in: tx)
                guard lines.count < Self.page else { return (lines, [Line]()) }
                return (lines, try Line.unsealed(filter, of: organization, in: tx))
            }
            let all = lines + waiting
            if !all.isEmpty { try body(all.flatMap(\.bytes)) }
            count += all.count
            guard let end = lines.last?.position, lines.count == Self.page else { return count }
            last = end
        }
    }

    /// The position before the first entry of a filter; the end of the chain when there is none yet.
    private static func start(
        _ filter: AuditFilter, of organization: OrganizationID, in tx: ReadTransaction
    ) throws -> Int64 {
        let first = try tx.value(
            """
            SELECT min(s.position) FROM \(AuditSeal.table) s
            WHERE s.organization_id = \(organization)\(filter.conditions(on: "s"))
            """, as: Int64.self)
        return try first.map { $0 - 1 } ?? AuditSeal.head(of: organization, in: tx).position
    }
}

/// One line of an export.
private struct Line: Record {
    static let columns: Columns = ["canonical"]
    let position: Int64?
    private let hash: [UInt8]?
    private let canonical: [UInt8]

    init(row: inout RowReader) throws {
        self.canonical = try row.next()
        self.position = try row.nextIfPresent()
        self.hash = try row.nextIfPresent()
    }

    static func page(
        _ filter: AuditFilter, after position: Int64, limit: Int, of organization: OrganizationID,
        in tx: ReadTransaction
    ) throws -> [Line] {
        try tx.fetchAll(
            """
            SELECT e.canonical, s.position, s.hash FROM \(AuditSeal.table) s
            JOIN \(AuditTrail.table) e ON e.organization_id = s.organization_id AND e.id = s.entry_id
            WHERE s.organization_id = \(organization) AND s.position > \(position)\(filter.conditions(on: "s"))
            ORDER BY s.position LIMIT \(limit)
            """, as: Line.self)
    }

    static func unsealed(
        _ filter: AuditFilter, of organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [Line] {
        try tx.fetchAll(
            """
            SELECT e.canonical, NULL, NULL FROM \(AuditTrail.table) e
            WHERE e.organization_id = \(organization) AND \(try SealCursor.read(in: tx).isBehind) AND NOT EXISTS (
                SELECT 1 FROM \(AuditSeal.table) s
                WHERE s.organization_id = e.organization_id AND s.entry_id = e.id)\(filter.conditions(on: "e"))
            ORDER BY e.id
            """, as: Line.self)
    }

    var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("entry")
            writer.encoded(self.canonical)
            writer.key("hash")
            if let hash = self.hash { writer.string(Hexadecimal.encode(hash)) } else { writer.null() }
            writer.key("position")
            if let position = self.position { writer.integer(position) } else { writer.null() }
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
