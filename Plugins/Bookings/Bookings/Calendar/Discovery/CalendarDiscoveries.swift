internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Searches for calendars: begun, answered by a job, chosen from, forgotten.
struct CalendarDiscoveries: Sendable {
    let kernel: Kernel<Bookings>
    let sources: CalendarSources

    /// The job that asks the server.
    static let search = JobKey<SearchCalendars>("search-calendars")
    /// The job that forgets a search.
    static let forget = JobKey<SearchCalendars>("forget-calendar-search")

    // MARK: For callers

    /// Begins a search; one that the provider had is forgotten.
    func create(
        _ input: CreateCalendarDiscovery, _ call: Call, in tx: Transaction
    ) throws -> CalendarDiscoveryView {
        guard let provider = try self.sources.catalogs.current(in: tx.reading).provider(input.provider) else {
            throw Refusal.unknownProvider
        }
        try tx.require(.manageAvailability, on: Ownership(assignees: [provider.person]))
        guard self.sources.isFetching else { throw Refusal.fetchesNothing }
        guard let address = CalendarSearch.address(input.address) else {
            throw Refusal.invalid(
                "/address", "address", "expected a server, as caldav.example.org, without a user in it")
        }
        try CalendarSource.Secrets(address: address.text, username: input.username, password: input.password).check()
        let secrets = CalendarDiscovery.Secrets(
            address: address.text, username: input.username, password: input.password)
        let id: ID<CalendarDiscovery> = tx.id()
        let expiresAt = tx.now.adding(minutes: CalendarDiscovery.minutes)
        try tx.post(
            """
            DELETE FROM \(CalendarSchema.discovery)
            WHERE organization_id = \(call.organization) AND provider_id = \(provider.id)
            """)
        try tx.post(
            """
            INSERT INTO \(CalendarSchema.discovery) (organization_id, id, provider_id, host, secrets, state, expires_at,
                created_at, created_by)
            VALUES (\(call.organization), \(id), \(provider.id), \(address.host),
                \(try self.seal(secrets, of: id, call.organization)), \(CalendarDiscovery.State.searching), \(expiresAt),
                \(tx.now), \(call.principal.name))
            """)
        try tx.enqueue(Self.search, SearchCalendars(discovery: id), priority: .normal)
        try tx.enqueue(Self.forget, SearchCalendars(discovery: id), at: expiresAt)
        try tx.audit(
            "bookings.calendar-discovery.created", object: AuditEntry.Object("calendar-discovery", id),
            detail: ["provider": .string(provider.id.description)])
        return try self.view(try self.visible(id, in: tx.reading), call)
    }

    /// How far a search is, and what it has found.
    func show(_ id: ID<CalendarDiscovery>, _ call: Call, in tx: ReadTransaction) throws -> CalendarDiscoveryView {
        try self.view(try self.visible(id, in: tx), call)
    }

    /// Adds one of the calendars that were found.
    func choose(_ input: ChooseCalendar, _ call: Call, in tx: Transaction) throws -> CalendarSourceView {
        let discovery = try self.visible(input.id, in: tx.reading)
        guard let secrets = try self.secrets(of: discovery, call.organization),
            secrets.calendars.indices.contains(input.calendar)
        else {
            throw Refusal.invalid("/calendar", "unknown_calendar", "no calendar was found that has this number")
        }
        return try self.sources.create(
            CreateCalendarSource(
                provider: discovery.provider, kind: .caldav, address: secrets.calendars[input.calendar].address,
                username: secrets.username, password: secrets.password, whenUnverified: input.whenUnverified,
                closesAfterHours: input.closesAfterHours),
            call, in: tx)
    }

    /// Forgets a search.
    func remove(_ id: ID<CalendarDiscovery>, _ call: Call, in tx: Transaction) throws {
        let discovery = try self.visible(id, in: tx.reading)
        try Self.delete(discovery.id, call.organization, in: tx)
        try tx.audit("bookings.calendar-discovery.removed", object: AuditEntry.Object("calendar-discovery", id))
    }

    private static func delete(
        _ id: ID<CalendarDiscovery>, _ organization: OrganizationID, in tx: Transaction
    ) throws {
        try tx.post(
            "DELETE FROM \(CalendarSchema.discovery) WHERE organization_id = \(organization) AND id = \(id)")
    }

    /// The search, of which whoever may not manage the provider's time is not told.
    private func visible(_ id: ID<CalendarDiscovery>, in tx: ReadTransaction) throws -> CalendarDiscovery {
        let filter = try tx.filter(.manageAvailability)
        guard let discovery = try CalendarDiscovery.find(id, in: tx),
            filter.admits(Ownership(assignees: [discovery.person]))
        else { throw Refusal.notFound("calendar discovery") }
        return discovery
    }

    private func view(_ discovery: CalendarDiscovery, _ call: Call) throws -> CalendarDiscoveryView {
        CalendarDiscoveryView(discovery, try self.secrets(of: discovery, call.organization))
    }

    // MARK: The jobs

    @ContributionBuilder var jobs: Contributions {
        // The server is asked once: a password that is wrong must not be tried again and again.
        Job(Self.search, retry: RetryPolicy(attempts: 1), timeLimit: .seconds(300)) { [self] input, context in
            try await self.run(input.discovery, context)
        }
        Job(Self.forget) { input, context in
            let organization = context.organization
            try await context.finish { tx in try Self.delete(input.discovery, organization, in: tx) }
        }
    }

    private func run(_ id: ID<CalendarDiscovery>, _ context: JobContext) async throws {
        let organization = context.organization
        let discovery = try await context.read { tx in try CalendarDiscovery.find(id, in: tx) }
        guard let discovery, let secrets = try? self.secrets(of: discovery, organization) else {
            return try await context.finish { _ in }
        }
        let outcome = try await self.outcome(secrets)
        try await context.finish { [self] tx in
            try self.settle(outcome, of: id, secrets, organization, in: tx)
        }
    }

    private func outcome(_ secrets: CalendarDiscovery.Secrets) async throws -> CalendarSearch.Outcome {
        guard let web = self.kernel.web, let address = WebAddress(secrets.address) else {
            return .failed(code: "calendars_not_fetched", detail: "this deployment fetches no calendars")
        }
        return try await CalendarSearch(web: web).run(
            address, WebRequest.Credentials(name: secrets.username, password: secrets.password))
    }

    private func settle(
        _ outcome: CalendarSearch.Outcome, of id: ID<CalendarDiscovery>, _ secrets: CalendarDiscovery.Secrets,
        _ organization: OrganizationID, in tx: Transaction
    ) throws {
        var secrets = secrets
        var failure: (code: String, detail: String)?
        switch outcome {
        case .found(let calendars): secrets.calendars = calendars
        case .failed(let code, let detail): failure = (code, detail)
        }
        let state: CalendarDiscovery.State = failure == nil ? .found : .failed
        // Of a search that came to nothing nobody needs the password.
        let sealed = failure == nil ? try self.seal(secrets, of: id, organization) : nil
        try tx.post(
            """
            UPDATE \(CalendarSchema.discovery)
            SET state = \(state), secrets = \(sealed), failure = \(failure?.code), failure_detail = \(failure?.detail)
            WHERE organization_id = \(organization) AND id = \(id)
            """)
    }

    // MARK: Secrets

    private func seal(
        _ secrets: CalendarDiscovery.Secrets, of id: ID<CalendarDiscovery>, _ organization: OrganizationID
    ) throws -> [UInt8] {
        try self.sources.keys.seal(
            secrets.json.serialized, in: CalendarSchema.discoverySecrets.cell(in: organization, id))
    }

    private func secrets(
        of discovery: CalendarDiscovery, _ organization: OrganizationID
    ) throws -> CalendarDiscovery.Secrets? {
        guard let sealed = discovery.secrets else { return nil }
        let bytes = try self.sources.keys.open(
            sealed, in: CalendarSchema.discoverySecrets.cell(in: organization, discovery.id))
        return CalendarDiscovery.Secrets(try JSON(parsing: bytes))
    }
}

/// A search for calendars that is to be made, or forgotten.
struct SearchCalendars: Codable, Sendable {
    let discovery: ID<CalendarDiscovery>
}
