/// Lets the database note in a table of stamps that rows of another table have changed, so that whoever remembers rows
/// learns whether they still hold.
///
/// Rows belong together by a column. Whoever inserts, changes or deletes a row moves the stamp of its value there, in the
/// same transaction, by triggers: no statement and no program can forget it, not even an older one that serves beside
/// this one and knows nothing of stamps. A value of which no row has changed since the triggers were made has no stamp.
///
/// A stamp is never drawn twice, not even by a standby that takes over without the last transactions or after a backup
/// was restored. So rows that were read in the same snapshot as their stamp are the rows of every snapshot that has it.
/// It says nothing about what a transaction sees of its own changes.
public struct StampChanges: MigrationStep {
    /// The table whose rows are watched.
    let table: Table
    /// The column by which its rows belong together.
    let column: String
    /// The table of stamps.
    let stamps: Table

    /// Declares the triggers.
    ///
    /// - Parameters:
    ///   - table: The table whose rows are watched.
    ///   - column: The column by which its rows belong together; it is never NULL.
    ///   - stamps: A table with that column as its key and a UUID called `stamp`, both tables being of organizations or
    ///     both of the deployment. Nobody else writes it.
    public init(of table: Table, by column: StaticString, in stamps: Table) {
        self.table = table
        self.column = "\(column)"
        self.stamps = stamps
    }

    private enum Event: String, CaseIterable {
        case insert
        case update
        case delete
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func statements(postgres: Bool) -> [String] {
        Event.allCases.flatMap { postgres ? self.postgres($0) : [self.sqlite($0)] }
    }

    /// What takes the triggers away again.
    func undoing(postgres: Bool) -> [String] {
        Event.allCases.flatMap { event in
            postgres
                ? [
                    "DROP TRIGGER \(self.name(event, postgres: true)) ON \(self.table.postgresName)",
                    "DROP FUNCTION \(self.function(event))()",
                ]
                : ["DROP TRIGGER \(self.name(event, postgres: false))"]
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String {
        "stamp changes of \(self.table.postgresName) by \(self.column) in \(self.stamps.postgresName)"
    }

    /// PostgreSQL keeps a trigger with its table; SQLite has one room for all names.
    private func name(_ event: Event, postgres: Bool) -> String {
        "\(postgres ? self.stamps.name : self.stamps.sqliteName)_\(event.rawValue)"
    }

    private func function(_ event: Event) -> String { "\(self.stamps.postgresName)_\(event.rawValue)" }

    private var key: String { self.stamps.key([self.column]) }

    // MARK: SQLite

    private func sqlite(_ event: Event) -> String {
        let columns = self.key.split(separator: ", ")
        func move(_ row: String, where condition: String = "true") -> String {
            """
            INSERT INTO \(self.stamps.sqliteName) (\(self.key), stamp)
                SELECT \(columns.map { "\(row).\($0)" }.joined(separator: ", ")), randomblob(16) WHERE \(condition)
                ON CONFLICT (\(self.key)) DO UPDATE SET stamp = excluded.stamp;
            """
        }
        let moves =
            switch event {
            case .insert: [move("NEW")]
            case .update:
                [move("NEW"), move("OLD", where: columns.map { "OLD.\($0) <> NEW.\($0)" }.joined(separator: " OR "))]
            case .delete: [move("OLD")]
            }
        return """
            CREATE TRIGGER \(self.name(event, postgres: false)) AFTER \(event.rawValue.uppercased())
            ON \(self.table.sqliteName) BEGIN
                \(moves.joined(separator: "\n    "))
            END
            """
    }

    // MARK: PostgreSQL

    /// Number and time of the transaction: where a server counts transactions anew, it does so at another time.
    ///
    /// It is the same for all statements of a transaction, so that thousands of them write a stamp once.
    private static let stamp = """
        (lpad(to_hex(pg_current_xact_id()::text::bigint), 16, '0')
            || lpad(to_hex((extract(epoch FROM transaction_timestamp()) * 1000000)::bigint), 16, '0'))::uuid
        """

    /// Once for a statement, whatever the number of its rows; the stamps are locked in one order.
    private func postgres(_ event: Event) -> [String] {
        let (rows, tables) =
            switch event {
            case .insert: ("SELECT \(self.key) FROM rows_after", "NEW TABLE AS rows_after")
            case .update:
                (
                    "SELECT \(self.key) FROM rows_before UNION SELECT \(self.key) FROM rows_after",
                    "OLD TABLE AS rows_before NEW TABLE AS rows_after"
                )
            case .delete: ("SELECT \(self.key) FROM rows_before", "OLD TABLE AS rows_before")
            }
        let function = """
            CREATE FUNCTION \(self.function(event))() RETURNS trigger LANGUAGE plpgsql AS $note$
            BEGIN
                INSERT INTO \(self.stamps.postgresName) AS s (\(self.key), stamp)
                SELECT \(self.key), \(Self.stamp) FROM (\(rows)) AS changed GROUP BY \(self.key) ORDER BY \(self.key)
                ON CONFLICT (\(self.key)) DO UPDATE SET stamp = excluded.stamp WHERE s.stamp <> excluded.stamp;
                RETURN NULL;
            END
            $note$
            """
        let trigger = """
            CREATE TRIGGER \(self.name(event, postgres: true)) AFTER \(event.rawValue.uppercased())
            ON \(self.table.postgresName) REFERENCING \(tables)
            FOR EACH STATEMENT EXECUTE FUNCTION \(self.function(event))()
            """
        return [function, trigger]
    }
}
