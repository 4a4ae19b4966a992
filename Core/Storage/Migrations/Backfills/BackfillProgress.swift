/// How far a backfill has come, as the database keeps it while it is under way.
package struct BackfillProgress: Sendable, Equatable {
    /// Where the progress of all backfills stands, beside the history of migrations.
    static let table = Table(.kernel, "backfill", ownership: .deployment)

    /// About how many rows the table had when it began.
    package let total: Int64
    /// How many rows have been visited in this pass.
    package let visited: Int64
    /// How many rows have been brought in order.
    package let done: Int64
    /// Which time the table is gone through; later ones are for what came behind the first.
    package let pass: Int64
    /// How many times in a row it has failed.
    package let failures: Int64
    /// Why it failed the last time; `nil` when it did not.
    package let error: String?
}

extension BackfillProgress: Record {
    package static let columns: Columns = ["total", "visited", "done", "pass", "failures", "error"]

    package init(row: inout RowReader) throws {
        self.total = try row.next()
        self.visited = try row.next()
        self.done = try row.next()
        self.pass = try row.next()
        self.failures = try row.next()
        self.error = try row.nextIfPresent()
    }
}

extension MigrationLedger {
    /// The name of the table of ``BackfillProgress``.
    var progressTable: String { BackfillProgress.table.name(postgres: self.connection.isPostgres) }

    func createProgress() throws {
        let (text, number) = self.connection.isPostgres ? ("text", "bigint") : ("TEXT", "INTEGER")
        try self.connection.run(
            """
            CREATE TABLE IF NOT EXISTS \(self.progressTable) (
                plugin \(text) NOT NULL, number \(number) NOT NULL, place \(text), total \(number) NOT NULL,
                visited \(number) NOT NULL, done \(number) NOT NULL, pass \(number) NOT NULL,
                failures \(number) NOT NULL, error \(text), next_at \(number) NOT NULL, PRIMARY KEY (plugin, number)
            )\(self.connection.isPostgres ? "" : " STRICT")
            """)
    }

    /// How far the backfills are that are under way, by plugin and number.
    func progress() throws -> [String: [Int: BackfillProgress]] {
        let search =
            self.connection.isPostgres
            ? "SELECT 1 WHERE to_regclass('\(self.progressTable)') IS NOT NULL"
            : "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '\(self.progressTable)'"
        guard try !self.connection.rows(search).isEmpty else { return [:] }
        let rows = try self.connection.rows(
            "SELECT plugin, number, total, visited, done, pass, failures, error FROM \(self.progressTable)")
        var found: [String: [Int: BackfillProgress]] = [:]
        for row in rows {
            guard row.count == 8, let plugin = row[0], let number = row[1].flatMap({ Int($0) }) else { continue }
            let numbers = row[2...6].map { $0.flatMap { Int64($0) } ?? 0 }
            found[plugin, default: [:]][number] = BackfillProgress(
                total: numbers[0], visited: numbers[1], done: numbers[2], pass: numbers[3], failures: numbers[4],
                error: row[7])
        }
        return found
    }
}

// MARK: A backfill's way, inside a transaction

extension MigrationLedger {
    /// Whether a backfill has begun and is not complete.
    func has(_ plan: BackfillPlan) throws -> Bool {
        try !self.connection.rows("SELECT 1 FROM \(self.progressTable) WHERE \(self.place(of: plan))").isEmpty
    }

    /// Begins a backfill, unless it is complete.
    func begin(_ plan: BackfillPlan) throws {
        let known = try self.connection.rows("SELECT 1 FROM \(self.table) WHERE \(self.place(of: plan))")
        guard known.isEmpty else { return }
        try self.connection.run(
            """
            INSERT INTO \(self.progressTable) (plugin, number, total, visited, done, pass, failures, next_at)
            VALUES ('\(plan.plugin.name)', \(plan.migration.number), \(try self.rowCount(plan)), 0, 0, 1, 0, 0)
            """)
    }

    /// Goes through the table once more.
    func beginAgain(_ plan: BackfillPlan) throws {
        try self.connection.run(
            """
            UPDATE \(self.progressTable)
            SET place = NULL, visited = 0, pass = pass + 1, total = \(try self.rowCount(plan))
            WHERE \(self.place(of: plan))
            """)
    }

    /// Records a backfill as complete.
    func finish(_ plan: BackfillPlan, _ now: Instant) throws {
        try self.connection.run("DELETE FROM \(self.progressTable) WHERE \(self.place(of: plan))")
        try self.record(plan.migration, of: MigrationHistory(plan.plugin, [plan.migration]), now)
    }

    private func place(of plan: BackfillPlan) -> String {
        "plugin = '\(plan.plugin.name)' AND number = \(plan.migration.number)"
    }

    /// From so many rows on PostgreSQL's estimate is as good, and takes no time.
    private static let countableRows: Int64 = 100_000

    private func rowCount(_ plan: BackfillPlan) throws -> Int64 {
        let table = plan.backfill.table
        if self.connection.isPostgres {
            let estimate = try self.number(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = '\(table.postgresName)'::regclass")
            if estimate > Self.countableRows { return estimate }
        }
        return try self.number("SELECT count(*) FROM \(table.name(postgres: self.connection.isPostgres))")
    }

    private func number(_ query: String) throws -> Int64 {
        try self.connection.rows(query).first?.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
    }
}
