internal import AlmanacStorage

/// What is kept of a table's removed rows.
///
/// Left out are the columns that are declared to tell something about a person or to be encrypted, and where erasing a
/// person removes the rows, also the column that leads to the person: what is archived is nobody's personal data any
/// more, so that erasing need not look into archives. A plugin names what else would lead to one.
struct RowArchive: Sendable {
    /// For how many days it is kept.
    let days: Int
    private let columns: [TableLayout.Column]

    init(_ layout: TableLayout, days: Int, omitting omitted: [String], _ declaration: Declaration) {
        self.days = days
        var hidden = Set(omitted)
        hidden.formUnion(declaration.encryptedColumns.filter { $0.table == layout.table }.map(\.name))
        for data in declaration.personalData where data.table == layout.table {
            hidden.formUnion(data.columns)
            if case .removesRows = data.erasure { hidden.insert(data.ownColumn) }
        }
        self.columns = layout.columns.filter { !hidden.contains($0.name) }
    }

    /// What of a row is asked for: its organization, its instant, and the columns that are kept.
    func list(since: String) -> SQL {
        SQL(unsafeSQL: (["organization_id", since] + self.columns.map(\.name)).joined(separator: ", "))
    }

    /// A row as a line of JSON, by the names of its columns; reads on behind the organization and the instant.
    func line(_ row: inout RowReader) throws -> [UInt8] {
        var members: [(String, JSON)] = []
        for column in self.columns {
            members.append((column.name, try Self.json(try row.nextValue(of: column.type), column.type)))
        }
        return JSON.object(JSONObject(members)).serialized + [UInt8(ascii: "\n")]
    }

    private static func json(_ value: SQLValue, _ type: ColumnType) throws -> JSON {
        switch value {
        case .null: .null
        case .integer(let number) where type == .instant: .string(Instant(microseconds: number).rfc3339)
        case .integer(let number): .number(JSONNumber(number))
        case .real(let number): JSONNumber(number).map { JSON.number($0) } ?? .string("\(number)")
        case .bool(let truth): .bool(truth)
        case .uuid(let high, let low): .string("\(ID<RowArchive>(high: high, low: low))")
        case .blob(let bytes): .string(Hexadecimal.encode(bytes))
        case .text(let text) where type == .json: try JSON(stored: text)
        case .text(let text): .string(text)
        }
    }
}

/// Rows that are being removed, by organization, until they are stored compressed.
struct ArchiveDraft {
    /// What one piece holds before it is compressed, unless one row alone is longer.
    private static let pieceSize = 1_048_576

    private struct Piece {
        var content: [UInt8] = []
        var rows = 0
        var first = Instant(microseconds: .max)
        var last = Instant(microseconds: .min)
    }

    private let archive: RowArchive
    private let source: String
    private var pieces: [OrganizationID: [Piece]] = [:]
    /// How many rows there are.
    private(set) var count = 0

    init(_ archive: RowArchive, source: String) {
        self.archive = archive
        self.source = source
    }

    /// Takes a row that was removed.
    mutating func add(_ row: inout RowReader) throws {
        let organization: OrganizationID = try row.next()
        let instant: Instant = try row.next()
        let line = try self.archive.line(&row)
        var list = self.pieces[organization] ?? []
        if list.last.map({ $0.content.count + line.count > Self.pieceSize }) ?? true { list.append(Piece()) }
        let place = list.count - 1
        list[place].content += line
        list[place].rows += 1
        list[place].first = min(list[place].first, instant)
        list[place].last = max(list[place].last, instant)
        self.pieces[organization] = list
        self.count += 1
    }

    /// Stores what was removed, in the transaction that removes it.
    func store(in tx: Transaction) throws {
        for organization in self.pieces.keys.sorted() {
            for piece in self.pieces[organization] ?? [] {
                let id: ID<StoredArchive> = tx.id()
                let content = try Zlib.compress(piece.content)
                try tx.post(
                    """
                    INSERT INTO \(StoredArchive.table) (organization_id, id, source, first_at, last_at, row_count, size,
                        content, made_at, expires_at)
                    VALUES (\(organization), \(id), \(self.source), \(piece.first), \(piece.last), \(piece.rows),
                        \(piece.content.count), \(content), \(tx.now),
                        \(tx.now.adding(seconds: Int64(self.archive.days) * 86_400)))
                    """)
            }
        }
    }
}
