internal import AlmanacStorage

/// Where jobs are kept, and in which order they are found.
enum JobTable {
    static let table = Table(.kernel, "job")

    /// The longest reason of a failure that is kept, in characters.
    static let longestError = 500
    /// The longest input, in bytes of JSON: what is larger belongs into a table of the plugin's own.
    static let longestInput = 65_536
    /// The longest key, in bytes.
    static let longestKey = 200

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("name", .text)
            Column("input", .json)
            Column("priority", .integer)
            Column("run_at", .instant)
            Column("unique_key", .text, optional: true)
            Column("state", .text, default: "'waiting'")
            Column("attempts", .integer, default: "0")
            Column("lease", .uuid, optional: true)
            Column("leased_until", .instant, optional: true)
            Column("owner", .text, optional: true)
            Column("last_error", .text, optional: true)
            Column("enqueued_by", .text)
            Column("created_at", .instant)
            Column("finished_at", .instant, optional: true)
            PrimaryKey("id")
            Check("state", "state IN ('waiting', 'running', 'done', 'dead', 'cancelled', 'superseded')")
            Check("lease", "(state = 'running') = (lease IS NOT NULL AND leased_until IS NOT NULL)")
            Check("finished", "(state IN ('waiting', 'running')) = (finished_at IS NULL)")
        },
        // In the order in which they are begun; only those that wait are in it, however many have been done.
        CreateIndex(
            on: Self.table, "priority", "run_at", "id", acrossOrganizations: true, where: "state = 'waiting'"),
        CreateIndex(on: Self.table, "leased_until", acrossOrganizations: true, where: "state = 'running'"),
        CreateIndex(
            on: Self.table, "name", "unique_key", unique: true,
            where: "state = 'waiting' AND unique_key IS NOT NULL"),
        CreateIndex(on: Self.table, "finished_at", acrossOrganizations: true, where: "finished_at IS NOT NULL"),
        CreateIndex(on: Self.table, "name", "state"),
    ]
}

/// Stands for one host's right to run one job once, in the type of its identifier.
enum JobLease {}

/// A job that this process may run: whoever changes its row must name the lease.
struct ClaimedJob: Record {
    static let columns: Columns = ["organization_id", "id", "name", "input", "attempts"]

    let organization: OrganizationID
    let id: ID<StoredJob>
    let name: String
    let input: String
    /// Counts from 1, this attempt included.
    let attempt: Int
    /// Made anew with each claim.
    var lease = ID<JobLease>(high: 0, low: 0)

    init(row: inout RowReader) throws {
        self.organization = try row.next()
        self.id = try row.next()
        self.name = try row.next()
        self.input = try row.nextText()
        let begun: Int = try row.next()
        self.attempt = begun + 1
    }

    /// The condition that the row is this job's and the lease has not been taken away.
    var isHeld: SQL { "organization_id = \(self.organization) AND id = \(self.id) AND lease = \(self.lease)" }
}
