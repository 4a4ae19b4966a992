internal import AlmanacStorage

/// Turns schedules whose time has come into jobs; on each host, by compare-and-swap of the next instant.
struct SchedulePlanner: Sendable {
    private static let scope = Scope.system(SystemScope("run schedules"))
    /// How many runs one step begins.
    static let batch = 200

    private let database: Database
    private let catalog: JobCatalog
    private let byName: [String: OwnedSchedule]

    init(_ database: Database, _ catalog: JobCatalog) {
        self.database = database.entering(.kernel)
        self.catalog = catalog
        self.byName = Dictionary(
            catalog.schedules.map { ($0.fullName, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private var names: [String] { self.byName.keys.sorted() }

    // MARK: Which there are

    /// An organization as far as schedules need it.
    private struct Place: Record {
        static let columns: Columns = ["id", "time_zone"]
        let organization: OrganizationID
        let zone: Zone

        init(row: inout RowReader) throws {
            self.organization = try row.next()
            self.zone = try row.next()
        }
    }

    /// Makes rows for schedules and organizations that are new, and computes anew what was computed from another rule
    /// or another zone.
    ///
    /// What is new runs for the first time when its time comes, not at once. Rows of plugins that are switched off stay.
    func reconcile() async throws {
        guard !self.byName.isEmpty else { return }
        let names = self.names
        let (places, stored) = try await self.database.read(in: Self.scope) { tx in
            (
                try tx.fetchAll("SELECT \(Place.columns) FROM \(Organization.table) ORDER BY id", as: Place.self),
                try tx.fetchAll(
                    "SELECT \(StoredSchedule.columns) FROM \(ScheduleTable.table) WHERE name IN \(list: names)",
                    as: StoredSchedule.self)
            )
        }
        var bases: [OrganizationID: [String: String]] = [:]
        for row in stored { bases[row.organization, default: [:]][row.name] = row.basis }
        var wanted: [(place: Place, schedule: OwnedSchedule, stored: String?)] = []
        for place in places {
            for name in names {
                guard let schedule = self.byName[name] else { continue }
                let known = bases[place.organization]?[name]
                if known?.utf8.elementsEqual(schedule.basis(at: place.zone).utf8) == true { continue }
                wanted.append((place, schedule, known))
            }
        }
        for start in stride(from: 0, to: wanted.count, by: Self.batch) {
            let part = Array(wanted[start..<min(start + Self.batch, wanted.count)])
            try await self.database.write(in: Self.scope) { tx in
                for (place, schedule, stored) in part { try Self.adopt(schedule, place, stored, in: tx) }
            }
        }
    }

    private static func adopt(
        _ schedule: OwnedSchedule, _ place: Place, _ stored: String?, in tx: Transaction
    ) throws {
        let next = schedule.schedule.next(after: tx.now, at: place.zone) ?? .distantFuture
        let (name, basis) = (schedule.fullName, schedule.basis(at: place.zone))
        if let stored {
            try tx.post(
                """
                UPDATE \(ScheduleTable.table) SET basis = \(basis), next_at = \(next)
                WHERE organization_id = \(place.organization) AND name = \(name) AND basis = \(stored)
                """)
        } else {
            try tx.post(
                """
                INSERT INTO \(ScheduleTable.table) (organization_id, name, basis, next_at)
                VALUES (\(place.organization), \(name), \(basis), \(next))
                ON CONFLICT (organization_id, name) DO NOTHING
                """)
        }
    }

    // MARK: Whose time has come

    /// A run whose time has come.
    private struct Due: Record {
        static let columns: Columns = ["s.organization_id", "s.name", "s.next_at", "o.time_zone"]
        let organization: OrganizationID
        let name: String
        let plannedFor: Instant
        let zone: Zone

        init(row: inout RowReader) throws {
            self.organization = try row.next()
            self.name = try row.next()
            self.plannedFor = try row.next()
            self.zone = try row.next()
        }
    }

    /// Makes a job of each run whose time has come and whose predecessor has ended.
    ///
    /// - Returns: How many runs were begun by this call.
    func fire() async throws -> Int {
        guard !self.byName.isEmpty else { return 0 }
        let names = self.names
        let due = try await self.database.read(in: Self.scope) { tx in
            try tx.fetchAll(
                """
                SELECT \(Due.columns) FROM \(ScheduleTable.table) s
                JOIN \(Organization.table) o ON o.id = s.organization_id
                WHERE s.next_at <= \(tx.now) AND s.name IN \(list: names) AND NOT EXISTS (
                    SELECT 1 FROM \(JobTable.table) j
                    WHERE j.organization_id = s.organization_id AND j.name = s.name
                        AND j.state IN ('waiting', 'running'))
                ORDER BY s.organization_id, s.name LIMIT \(Self.batch)
                """, as: Due.self)
        }
        guard !due.isEmpty else { return 0 }
        let waker = self.catalog.waker
        return try await self.database.write(in: Self.scope) { tx in
            var begun = 0
            for run in due where try self.begin(run, in: tx) { begun += 1 }
            if begun > 0 { tx.afterCommit { waker.wake() } }
            return begun
        }
    }

    /// Moves the next instant on and stores the job, unless another host has.
    private func begin(_ run: Due, in tx: Transaction) throws -> Bool {
        guard let schedule = self.byName[run.name] else { return false }
        // After now, so that what was missed is made up for once; after what was planned, in case clocks differ.
        let next = schedule.schedule.next(after: max(tx.now, run.plannedFor), at: run.zone) ?? .distantFuture
        let moved = try tx.execute(
            """
            UPDATE \(ScheduleTable.table) SET next_at = \(next), last_at = \(run.plannedFor)
            WHERE organization_id = \(run.organization) AND name = \(run.name) AND next_at = \(run.plannedFor)
            """)
        guard moved == 1 else { return false }
        let request = try JobRequest(
            organization: run.organization, name: run.name, input: ScheduledRun(plannedFor: run.plannedFor),
            runAt: tx.now, priority: schedule.schedule.job.priority, uniqueness: nil, by: "system:schedule")
        _ = try request.store(in: tx)
        return true
    }
}
