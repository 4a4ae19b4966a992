package import AlmanacStorage

/// Jobs as an operator sees and steers them; each change is audited in the organization of the job.
package struct JobDesk: Sendable {
    private static let scope = Scope.system(SystemScope("show jobs to the operator"))

    /// Which jobs are meant.
    package struct Filter: Sendable {
        /// Only those of an organization.
        package var organization: OrganizationID?
        /// Only those in a state.
        package var state: JobState?
        /// Only those of a name, as `plugin.job`.
        package var name: String?
        /// At most so many, the youngest.
        package var limit = 100

        package init() {}
    }

    /// How many jobs of a name are in a state.
    package struct Tally: Record {
        package static let columns: Columns = ["name", "state", "count(*)"]
        package let name: String
        package let state: String
        package let count: Int

        package init(row: inout RowReader) throws {
            self.name = try row.next()
            self.state = try row.next()
            self.count = try row.next()
        }
    }

    private let database: Database

    package init(_ database: Database) { self.database = database.entering(.kernel) }

    // MARK: Looking

    /// Jobs, the youngest first.
    package func list(_ filter: Filter) async throws -> [StoredJob] {
        var conditions: [SQL] = ["0 = 0"]
        if let organization = filter.organization { conditions.append("organization_id = \(organization)") }
        if let state = filter.state { conditions.append("state = \(state.rawValue)") }
        if let name = filter.name { conditions.append("name = \(name)") }
        let condition = SQL.joined(conditions, by: " AND ")
        return try await self.database.read(in: Self.scope) { tx in
            try tx.fetchAll(
                """
                SELECT \(StoredJob.columns) FROM \(JobTable.table) WHERE \(condition)
                ORDER BY id DESC LIMIT \(filter.limit)
                """, as: StoredJob.self)
        }
    }

    /// How many jobs there are, by name and state.
    package func tallies() async throws -> [Tally] {
        try await self.database.read(in: Self.scope) { tx in
            try tx.fetchAll(
                "SELECT \(Tally.columns) FROM \(JobTable.table) GROUP BY name, state ORDER BY name, state",
                as: Tally.self)
        }
    }

    /// One job.
    ///
    /// - Throws: ``Refusal`` when there is no such job.
    package func find(_ id: ID<StoredJob>) async throws -> StoredJob {
        let found = try await self.database.read(in: Self.scope) { tx in
            try tx.fetchOne(
                "SELECT \(StoredJob.columns) FROM \(JobTable.table) WHERE id = \(id)", as: StoredJob.self)
        }
        guard let found else { throw Refusal.notFound("job: \(id)") }
        return found
    }

    /// When schedules run next, the nearest first.
    package func schedules() async throws -> [StoredSchedule] {
        try await self.database.read(in: Self.scope) { tx in
            try tx.fetchAll(
                """
                SELECT \(StoredSchedule.columns) FROM \(ScheduleTable.table) ORDER BY next_at, name, organization_id
                """, as: StoredSchedule.self)
        }
    }

    /// Jobs of the caller's organization, the youngest first.
    ///
    /// - Parameters:
    ///   - filter: Which; its organization does not count.
    ///   - after: Where the page before ended.
    ///   - call: Whose.
    ///   - tx: A transaction of the organization's.
    /// - Returns: The jobs.
    /// - Throws: Storage errors.
    package static func list(
        _ filter: Filter, after: Cursor?, _ call: Call, in tx: ReadTransaction
    ) throws -> [StoredJob] {
        var conditions: [SQL] = ["organization_id = \(call.organization)"]
        if let state = filter.state { conditions.append("state = \(state.rawValue)") }
        if let name = filter.name { conditions.append("name = \(name)") }
        if let after { conditions.append(after.before(["id"])) }
        return try tx.entering(.kernel).fetchAll(
            """
            SELECT \(StoredJob.columns) FROM \(JobTable.table) WHERE \(SQL.joined(conditions, by: " AND "))
            ORDER BY id DESC LIMIT \(filter.limit)
            """, as: StoredJob.self)
    }

    /// One job of the caller's organization.
    ///
    /// - Throws: ``Refusal`` when there is no such job, another organization's included.
    package static func find(_ id: ID<StoredJob>, _ call: Call, in tx: ReadTransaction) throws -> StoredJob {
        let found = try tx.entering(.kernel).fetchOne(
            """
            SELECT \(StoredJob.columns) FROM \(JobTable.table)
            WHERE organization_id = \(call.organization) AND id = \(id)
            """, as: StoredJob.self)
        guard let found else { throw Refusal.notFound("job") }
        return found
    }

    // MARK: Steering

    /// Lets a job that has ended without being done be tried again, now and with all of its attempts.
    package static let retry = Command<ID<StoredJob>, StoredJob>("kernel.job.retried", .everyone) { id, call, tx in
        try Self.change(
            id, "kernel.job.retried", call, tx, from: [.dead, .cancelled, .superseded],
            "only jobs that ended can be tried again"
        ) {
            try tx.entering(.kernel).execute(
                """
                UPDATE \(JobTable.table) SET state = 'waiting', attempts = 0, run_at = \(tx.now), finished_at = NULL
                WHERE organization_id = \(call.organization) AND id = \(id)
                """)
        }
    }

    /// Cancels a job that waits, or one that runs: its host is told within seconds and can write nothing from now on.
    package static let cancel = Command<ID<StoredJob>, StoredJob>("kernel.job.cancelled", .everyone) { id, call, tx in
        try Self.change(id, "kernel.job.cancelled", call, tx, from: [.waiting, .running], "it has ended already") {
            try tx.entering(.kernel).execute(
                """
                UPDATE \(JobTable.table) SET state = 'cancelled', lease = NULL, leased_until = NULL,
                    finished_at = \(tx.now)
                WHERE organization_id = \(call.organization) AND id = \(id)
                """)
        }
    }

    /// Lets a job that waits be run now.
    package static let hasten = Command<ID<StoredJob>, StoredJob>("kernel.job.hastened", .everyone) { id, call, tx in
        try Self.change(
            id, "kernel.job.hastened", call, tx, from: [.waiting], "it does not wait: try it again with `jobs retry`"
        ) {
            try tx.entering(.kernel).execute(
                """
                UPDATE \(JobTable.table) SET run_at = \(tx.now)
                WHERE organization_id = \(call.organization) AND id = \(id)
                """)
        }
    }

    /// Changes a job whose row is locked before its state is looked at, and audits it.
    private static func change(
        _ id: ID<StoredJob>, _ action: String, _ call: Call, _ tx: Transaction, from states: [JobState],
        _ otherwise: String,
        _ body: () throws -> Int
    ) throws -> StoredJob {
        let room = tx.entering(.kernel)
        let select: SQL = """
            SELECT \(StoredJob.columns) FROM \(JobTable.table)
            WHERE organization_id = \(call.organization) AND id = \(id)
            """
        guard let before = try room.fetchOne("\(select)\(SQL.forUpdate)", as: StoredJob.self) else {
            throw Refusal.notFound("job: \(id)")
        }
        guard states.contains(before.state) else {
            throw Refusal(.conflict, "job_state", "the job is \(before.state.rawValue): \(otherwise)")
        }
        do {
            _ = try tx.savepoint(body)
        } catch let error where error.storageError?.code == .uniqueViolation {
            throw Refusal(.conflict, "job_waiting", "another job with the same key waits already, and does its work")
        }
        var changes = AuditChanges()
        guard let after = try room.fetchOne(select, as: StoredJob.self) else { throw Refusal.notFound("job: \(id)") }
        try changes.compare("state", before.state.rawValue, after.state.rawValue)
        try changes.compare("runAt", before.runAt.rfc3339, after.runAt.rfc3339)
        try tx.audit(
            action, object: AuditEntry.Object("job", id), changes: changes,
            detail: ["job": .string(before.name)])
        return after
    }
}
