internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The work around imported calendars: finding what is due, and the job that fetches one of them.
struct CalendarWork: Sendable {
    let kernel: Kernel<Bookings>
    let sources: CalendarSources
    let importing: CalendarImport

    /// The job that fetches one calendar.
    static let job = JobKey<SyncCalendar>("sync-calendar")
    /// How many sources one step takes.
    private static let batch = 200

    /// A source that is due.
    private struct Due: Record {
        static let columns: Columns = ["s.organization_id", "s.id"]
        let organization: OrganizationID
        let id: ID<CalendarSource>

        init(row: inout RowReader) throws {
            self.organization = try row.next()
            self.id = try row.next()
        }
    }

    @ContributionBuilder var contributions: Contributions {
        // What fails is tried again with the next round, so that a job is only tried again when its host died.
        Job(Self.job, retry: RetryPolicy(attempts: 3), timeLimit: .seconds(120)) { [self] input, context in
            try await self.run(input.source, context)
        }
        BackgroundWork("calendar-rounds", everySeconds: 60) { [self] in try await self.step() }
    }

    /// Enqueues the sources that are due.
    ///
    /// - Returns: Whether there may be more.
    func step() async throws -> Bool {
        guard self.kernel.web != nil else { return false }
        let now = self.kernel.now
        let due = try await self.kernel.read(across: SystemScope("find calendars that are due")) { tx in
            try tx.fetchAll(
                """
                SELECT \(Due.columns) FROM \(CalendarSchema.source) s
                JOIN \(BookingsSchema.provider) p ON p.organization_id = s.organization_id AND p.id = s.provider_id
                WHERE s.archived_at IS NULL AND s.next_at <= \(now) AND p.archived_at IS NULL
                ORDER BY s.next_at, s.id LIMIT \(Self.batch)
                """, as: Due.self)
        }
        for (organization, sources) in Dictionary(grouping: due, by: \.organization) {
            try await self.kernel.write(in: organization, as: "calendar-rounds") { tx in
                try self.enqueue(sources.map(\.id).sorted(), of: organization, in: tx)
            }
        }
        return due.count == Self.batch
    }

    private func enqueue(
        _ sources: [ID<CalendarSource>], of organization: OrganizationID, in tx: Transaction
    ) throws {
        for id in sources {
            // Of several hosts one takes it: the others find that its time has been moved on.
            let taken = try tx.execute(
                """
                UPDATE \(CalendarSchema.source) SET next_at = \(self.importing.next(after: tx.now))
                WHERE organization_id = \(organization) AND id = \(id) AND next_at <= \(tx.now)
                """)
            guard taken == 1 else { continue }
            try tx.enqueue(Self.job, SyncCalendar(source: id), priority: .low, unique: .once(id.description))
        }
    }

    /// Fetches one calendar and stores what came of it.
    private func run(_ id: ID<CalendarSource>, _ context: JobContext) async throws {
        let started = self.kernel.now
        let (catalogs, importing) = (self.importing.catalogs, self.importing)
        let found = try await context.read { tx -> (CalendarSource, CalendarImport.Window, Zone)? in
            guard let source = try CalendarSource.find(id, in: tx),
                let provider = try catalogs.current(in: tx).provider(source.provider)
            else { return nil }
            return (source, try importing.window(now: started, in: tx), provider.zone)
        }
        // Whoever removed the source has removed its claims.
        guard let (source, window, zone) = found else { return }
        let outcome = try await self.outcome(source, window, zone, context.organization)
        try await context.finish { tx in
            try importing.settle(outcome, of: source, window, started: started, in: tx)
        }
    }

    private func outcome(
        _ source: CalendarSource, _ window: CalendarImport.Window, _ zone: Zone, _ organization: OrganizationID
    ) async throws -> CalendarImport.Outcome {
        guard let web = self.kernel.web else {
            return .failed(code: "calendars_not_fetched", detail: "this deployment fetches no calendars")
        }
        guard let secrets = try? self.sources.secrets(of: source, in: organization) else {
            return .failed(
                code: "secrets_unreadable", detail: "address and password cannot be opened any more: give them again")
        }
        return try await CalendarFetch(web: web).run(source, secrets, window, in: zone)
    }
}
