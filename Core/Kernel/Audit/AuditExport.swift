package import AlmanacStorage

/// Reads an organization's log from one end to the other, a page at a time, as lines of JSON.
///
/// A line is `{"entry":…,"hash":…,"personal":…,"position":…}`: the canonical bytes of the entry as they are hashed,
/// the chain's hash in hexadecimal, what the entry's sealed personal fields say, and the position. Entries that have no
/// position yet come last, with `null` for it and the hash; `personal` is `null` where the entry has no such fields,
/// has them in the clear (versions before 4), and where they were erased. An address is no criterion here.
package struct AuditExport: Sendable {
    /// A piece of a log.
    package struct Piece: Sendable {
        /// The lines, each with its line break.
        package fileprivate(set) var bytes: [UInt8] = []
        /// How many lines there are.
        package fileprivate(set) var count = 0
        /// The last position looked at: where the next piece begins.
        package fileprivate(set) var last: Int64
        /// Whether there is a next piece.
        package fileprivate(set) var hasMore = false
    }

    private static let page = 500

    private let database: Database
    private let folder: SegmentFolder

    init(_ database: Database, _ folder: SegmentFolder) {
        self.database = database.entering(.kernel)
        self.folder = folder
    }

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
        var last: Int64?
        var count = 0
        while true {
            let piece = try await self.piece(of: organization, filter, after: last, limit: Self.page)
            if piece.count > 0 { try body(piece.bytes) }
            count += piece.count
            guard piece.hasMore else { return count }
            last = piece.last
        }
    }

    /// Reads the entries behind a position that meet the filter; those that are not sealed yet are the end of the last
    /// piece.
    ///
    /// - Parameters:
    ///   - organization: Whose log.
    ///   - filter: Which entries.
    ///   - position: The position before the first; from the beginning when `nil`.
    ///   - limit: How many sealed ones at most.
    /// - Returns: The piece; it may be empty although there is a next one.
    /// - Throws: What the database throws; ``AuditFileError`` when a file of archived entries cannot be read.
    package func piece(
        of organization: OrganizationID, _ filter: AuditFilter, after position: Int64?, limit: Int
    ) async throws -> Piece {
        let segments = try await self.database.read(in: .organization(organization)) { tx in
            try AuditSegment.all(of: organization, in: tx)
        }
        let next = segments.first { segment in
            // Whose file was removed cannot be read, and whose entries are of another time need not be.
            segment.last > position ?? 0 && segment.removal == nil
                && (filter.from.map { $0 <= segment.to } ?? true) && (filter.to.map { segment.from < $0 } ?? true)
        }
        if let next { return try await self.piece(of: next, filter, after: position ?? 0, limit: limit) }
        let archived = segments.last?.last ?? 0
        // The last page and what is not sealed come from one state: nothing can pass from the one to the other.
        let (lines, waiting, first) = try await self.database.read(in: .organization(organization)) { tx in
            // While rows that a file has are deleted, some are still there.
            let first = max(try position ?? Self.start(filter, of: organization, in: tx), archived)
            let lines = try Line.page(filter, after: first, limit: limit, of: organization, in: tx)
            let waiting = try lines.count < limit ? Line.unsealed(filter, of: organization, in: tx) : []
            return (
                try Line.open(lines, of: organization, in: tx), try Line.open(waiting, of: organization, in: tx), first
            )
        }
        var piece = Piece(last: lines.last?.position ?? first)
        piece.bytes = (lines + waiting).flatMap(\.bytes)
        piece.count = lines.count + waiting.count
        piece.hasMore = lines.count == limit
        return piece
    }

    /// Reads from a file of archived entries.
    private func piece(
        of segment: AuditSegment, _ filter: AuditFilter, after position: Int64, limit: Int
    ) async throws -> Piece {
        var piece = Piece(last: segment.last)
        piece.hasMore = true
        var found: [Line] = []
        try self.folder.forEachLine(of: segment) { line in
            guard line.position > position else { return true }
            guard let columns = (try? JSON(parsing: line.canonical)).flatMap({ AuditColumns($0) }),
                columns.meets(filter)
            else { return true }
            found.append(Line(line))
            guard found.count == limit else { return true }
            piece.last = line.position
            return false
        }
        let (lines, organization) = (found, segment.organization)
        let opened = try await self.database.read(in: .organization(organization)) { tx in
            try Line.open(lines, of: organization, in: tx)
        }
        piece.bytes = opened.flatMap(\.bytes)
        piece.count = opened.count
        return piece
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
    private var personal = PersonalState.absent

    init(row: inout RowReader) throws {
        self.canonical = try row.next()
        self.position = try row.nextIfPresent()
        self.hash = try row.nextIfPresent()
    }

    init(_ line: ArchivedLine) {
        self.canonical = line.canonical
        self.position = line.position
        self.hash = line.hash
    }

    /// The same lines with what can be read of the personal fields.
    static func open(
        _ lines: [Line], of organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [Line] {
        var lines = lines
        let entries = lines.map { line -> (id: ID<AuditEntry>, fields: SealedFields?) in
            let document = try? JSON(parsing: line.canonical)
            let id = document?["id"]?.string.flatMap { ID<AuditEntry>($0) }
            return (id ?? ID(high: 0, low: 0), document.flatMap { SealedFields($0) })
        }
        let states = try SubjectKeys.states(of: entries, in: organization, tx)
        for (index, state) in states.enumerated() { lines[index].personal = state }
        return lines
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
        ArchivedLine.exported(
            canonical: self.canonical, hash: self.hash, position: self.position, self.personal)
    }
}
