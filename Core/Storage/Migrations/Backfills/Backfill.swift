/// Fills what an earlier migration has added, a few rows at a time, while the platform serves.
///
/// ```swift
/// Migration(6, "fold keys of gardens") {                       // adds what the next program writes
///     AddColumn(Column("name_fold", .text, optional: true), to: Self.gardens)
/// }
/// Migration(7, "fill the fold keys", backfill: Backfill(
///     "garden-fold", of: Self.gardens, set: "name_fold = lower(name)", where: "name_fold IS NULL"))
/// Migration(8, "every garden has a fold key", kind: .contract, after: ["garden-fold"]) {
///     SetNotNull(Column("name_fold", .text, optional: true), of: Self.gardens)
/// }
/// ```
/// Rows are visited in the order of the table's primary key, over all organizations. Each batch is one short transaction,
/// which also keeps how far it has come: a host that is killed has done a batch or has not, and any host goes on. One
/// batch is done at a time in the whole deployment, with a pause behind it that is at least as long as it took.
///
/// Laws for backfills:
/// - The condition holds for the rows that still need it, and the statement makes it false for them. That is how it is
///   known when nothing is left, and why a row is never done twice. A batch after which the condition holds for as many
///   rows as before fails.
/// - The program that declares a backfill writes new rows as the backfill would, from its first request on, and reads
///   both forms. It begins only when no host serves any more whose program does not know it.
/// - It speaks of tables and columns, never of record types, which will change.
public struct Backfill: Sendable {
    /// The permanent name within its plugin, by which contracts wait for it: `garden-fold`.
    public let name: String
    let table: Table
    let sqlite: Statement
    let postgres: Statement
    let batch: Int

    /// What is done with a batch, in one dialect.
    public struct Statement: Sendable {
        let text: String
        let condition: String

        /// Declares a statement.
        ///
        /// - Parameters:
        ///   - text: The statement; `{batch}` stands in it for the condition that a row of the table, which is called by
        ///     its own name, belongs to the batch.
        ///   - condition: Which rows of the table still need it.
        public init(_ text: StaticString, where condition: StaticString) {
            self.text = "\(text)"
            self.condition = "\(condition)"
        }

        init(text: String, condition: String) {
            self.text = text
            self.condition = condition
        }
    }

    /// How many rows a batch may visit at most.
    static let largestBatch = 10_000
    /// Stands in a statement for the condition that a row belongs to the batch.
    static let mark = "{batch}"

    /// Declares that columns of a table are set.
    ///
    /// - Parameters:
    ///   - name: The permanent name within the plugin: lower-case letters, digits and hyphens.
    ///   - table: A table of the plugin's own, with a primary key of identifiers, texts and integers.
    ///   - assignments: What stands behind `SET`, in words that both engines read: `name_fold = lower(name)`.
    ///   - condition: Which rows still need it, in words that both engines read: `name_fold IS NULL`.
    ///   - batch: How many rows one transaction visits, 1…10,000; at 500 others hardly notice it.
    public init(
        _ name: StaticString, of table: Table, set assignments: StaticString, where condition: StaticString,
        batch: Int = 500
    ) {
        func update(_ place: String) -> Statement {
            Statement(text: "UPDATE \(place) SET \(assignments) WHERE \(Self.mark)", condition: "\(condition)")
        }
        self.name = "\(name)"
        self.table = table
        self.sqlite = update(table.sqliteName)
        self.postgres = update(table.postgresName)
        self.batch = batch
    }

    /// Declares a statement in each dialect's own words, for what an assignment cannot say: rows of another table.
    ///
    /// - Parameters:
    ///   - name: The permanent name within the plugin: lower-case letters, digits and hyphens.
    ///   - table: A table of the plugin's own whose rows are visited.
    ///   - batch: How many rows one transaction visits, 1…10,000.
    ///   - sqlite: What is done on SQLite, where tables are spelled `room_table`.
    ///   - postgres: What is done on PostgreSQL, where tables are spelled `room.table`.
    public init(
        _ name: StaticString, over table: Table, batch: Int = 500, sqlite: Statement, postgres: Statement
    ) {
        self.name = "\(name)"
        self.table = table
        self.sqlite = sqlite
        self.postgres = postgres
        self.batch = batch
    }

    func statement(postgres: Bool) -> Statement { postgres ? self.postgres : self.sqlite }

    /// The declaration as text that stays the same for ever; the size of batches may change.
    var fingerprint: String {
        "backfill \(self.name) \(self.table.postgresName)\n"
            + "sqlite: \(self.sqlite.text) where \(self.sqlite.condition)\n"
            + "postgres: \(self.postgres.text) where \(self.postgres.condition)"
    }

    /// What is wrong with it by itself.
    var problems: [String] {
        var found: [String] = []
        let isWellFormed = self.name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
        }
        if self.name.isEmpty || !isWellFormed {
            found.append("its name must be lower-case letters, digits and hyphens")
        }
        if !(1...Self.largestBatch).contains(self.batch) {
            found.append("its batch must be 1 to \(Self.largestBatch) rows")
        }
        for text in [self.sqlite, self.postgres] where text.text.pieces(around: Self.mark).count != 2 {
            found.append("each of its statements must say \(Self.mark) once, where the rows of a batch are chosen")
            break
        }
        return found
    }
}

extension String {
    /// The text before, between and behind the places of another one.
    func pieces(around separator: String) -> [String] {
        let (whole, part) = (Array(self.utf8), Array(separator.utf8))
        guard !part.isEmpty else { return [self] }
        var pieces: [String] = []
        var (start, at) = (0, 0)
        while at + part.count <= whole.count {
            guard whole[at..<at + part.count].elementsEqual(part) else {
                at += 1
                continue
            }
            pieces.append(String(decoding: whole[start..<at], as: UTF8.self))
            at += part.count
            start = at
        }
        return pieces + [String(decoding: whole[start...], as: UTF8.self)]
    }
}
