internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The calendars of providers that are imported: shown, added, changed, removed.
struct CalendarSources: Sendable {
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let keys: KeyRing
    let isFetching: Bool
    let job: JobKey<SyncCalendar>

    /// A provider has at most so many.
    static let mostOfProvider = 10

    // MARK: Reading

    /// The sources that the caller may see.
    func list(_ input: ListCalendarSources, _ call: Call, in tx: ReadTransaction) throws -> Page<CalendarSourceView> {
        var conditions: [SQL] = ["s.organization_id = \(call.organization)"]
        switch try tx.filter(.readAvailability) {
        case .organization: break
        case .assigned(let person), .own(let person): conditions.append("p.person_id = \(person)")
        }
        if let provider = input.provider { conditions.append("s.provider_id = \(provider)") }
        if let after = input.after {
            conditions.append(try Cursor(after, list: "calendar-sources", keys: 1).after(["s.id"]))
        }
        let found = try tx.fetchAll(
            """
            SELECT \(CalendarSource.columns) FROM \(CalendarSource.source)
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY s.id LIMIT \(input.limit + 1)
            """, as: CalendarSource.self)
        return Page(found.map { CalendarSourceView($0) }, limit: input.limit) {
            Cursor(list: "calendar-sources", keys: [$0.id.sqlValue])
        }
    }

    /// A source, if the caller may see it.
    func show(_ id: ID<CalendarSource>, in tx: ReadTransaction) throws -> CalendarSourceView {
        let filter = try tx.filter(.readAvailability)
        guard let source = try CalendarSource.find(id, in: tx), filter.admits(Self.ownership(source)) else {
            throw Refusal.notFound("calendar source")
        }
        return CalendarSourceView(source)
    }

    // MARK: Changing

    /// Adds a calendar; it is fetched soon after.
    func create(_ input: CreateCalendarSource, _ call: Call, in tx: Transaction) throws -> CalendarSourceView {
        guard let provider = try self.catalogs.current(in: tx.reading).provider(input.provider) else {
            throw Refusal.unknownProvider
        }
        try tx.require(.manageAvailability, on: Ownership(assignees: [provider.person]))
        guard self.isFetching else { throw Refusal.fetchesNothing }
        try self.ledger.lock([provider.resource], in: tx)
        try self.checkRoom(provider, call, in: tx)
        let secrets = CalendarSource.Secrets(
            address: try Self.address(input.address).text, username: input.username, password: input.password)
        try secrets.check()
        let id: ID<CalendarSource> = tx.id()
        let sealed = try self.seal(secrets, of: id, call)
        let closesAt = tx.now.adding(seconds: Int64(input.closesAfterHours) * 3_600)
        try tx.execute(
            """
            INSERT INTO \(CalendarSchema.source) (organization_id, id, provider_id, resource_id, kind, host, secrets,
                fails_closed, closes_after_hours, closes_at, unreadable_events, next_at, version, created_at, created_by)
            VALUES (\(call.organization), \(id), \(provider.id), \(provider.resource), \(input.kind),
                \(try Self.address(input.address).host), \(sealed), \(input.whenUnverified == .closed),
                \(input.closesAfterHours), \(closesAt), \(0), \(tx.now), \(1), \(tx.now), \(call.principal.name))
            """)
        try self.enqueue(id, in: tx)
        try tx.audit(
            "bookings.calendar-source.created", object: AuditEntry.Object("calendar-source", id),
            detail: ["provider": .string(provider.id.description), "kind": .string(input.kind.rawValue)])
        return try self.shown(id, in: tx)
    }

    /// Changes where a calendar is, who may read it, or what becomes of the provider without it.
    func change(_ input: ChangeCalendarSource, _ call: Call, in tx: Transaction) throws -> CalendarSourceView {
        var source = try self.editable(input.id, call, in: tx)
        let before = source
        try self.changeSecrets(of: &source, input, call)
        source.failsClosed = input.whenUnverified.map { $0 == .closed } ?? source.failsClosed
        source.closesAfterHours = input.closesAfterHours ?? source.closesAfterHours
        let isElsewhere = source.secrets != before.secrets
        // What was verified was another calendar; until this one is, the provider has as long as with a new one.
        let known =
            isElsewhere ? tx.now : before.closesAt.adding(seconds: -Int64(before.closesAfterHours) * 3_600)
        source.closesAt = known.adding(seconds: Int64(source.closesAfterHours) * 3_600)
        source.version += 1
        let (entityTag, modified) = isElsewhere ? (nil, nil) : (source.entityTag, source.modified)
        let coveredUntil = isElsewhere ? nil : source.coveredUntil
        try tx.execute(
            """
            UPDATE \(CalendarSchema.source)
            SET host = \(source.host), secrets = \(source.secrets), fails_closed = \(source.failsClosed),
                closes_after_hours = \(source.closesAfterHours), closes_at = \(source.closesAt),
                entity_tag = \(entityTag), modified = \(modified), covered_until = \(coveredUntil),
                version = \(source.version)
            WHERE organization_id = \(call.organization) AND id = \(source.id)
            """)
        if isElsewhere { try self.enqueue(source.id, in: tx) }
        var changes = AuditChanges()
        try changes.compare("host", before.host, source.host)
        try changes.compare("failsClosed", before.failsClosed, source.failsClosed)
        try changes.compare("closesAfterHours", before.closesAfterHours, source.closesAfterHours)
        try tx.audit(
            "bookings.calendar-source.changed", object: AuditEntry.Object("calendar-source", source.id),
            changes: changes, detail: ["secretsChanged": .bool(isElsewhere)])
        return try self.shown(source.id, in: tx)
    }

    /// Removes a calendar, and with it the busy times that came from it.
    func remove(_ id: ID<CalendarSource>, _ call: Call, in tx: Transaction) throws {
        let source = try self.editable(id, call, in: tx)
        try tx.execute(
            """
            UPDATE \(CalendarSchema.source) SET archived_at = \(tx.now), secrets = NULL, version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try tx.execute(
            """
            DELETE FROM \(BookingsSchema.claim)
            WHERE organization_id = \(call.organization) AND source = \(source.claimSource)
            """)
        try tx.audit("bookings.calendar-source.removed", object: AuditEntry.Object("calendar-source", id))
    }

    /// Lets a calendar be fetched soon.
    func sync(_ id: ID<CalendarSource>, _ call: Call, in tx: Transaction) throws -> CalendarSourceView {
        guard self.isFetching else { throw Refusal.fetchesNothing }
        let source = try self.visible(id, in: tx)
        try tx.require(.manageAvailability, on: Self.ownership(source))
        try call.match(version: source.version)
        try self.enqueue(id, in: tx)
        try tx.audit("bookings.calendar-source.synced", object: AuditEntry.Object("calendar-source", id))
        return CalendarSourceView(source)
    }

    /// What stands in the sealed column of a source.
    ///
    /// - Throws: ``SecretsError`` when it cannot be opened.
    func secrets(of source: CalendarSource, in organization: OrganizationID) throws -> CalendarSource.Secrets? {
        guard let sealed = source.secrets else { return nil }
        let bytes = try self.keys.open(sealed, in: CalendarSchema.secrets.cell(in: organization, source.id))
        return CalendarSource.Secrets(try JSON(parsing: bytes))
    }

    // MARK: Checking

    private static func ownership(_ source: CalendarSource) -> Ownership { Ownership(assignees: [source.person]) }

    private static func address(_ text: String) throws -> WebAddress {
        guard let address = WebAddress(text) else {
            throw Refusal.invalid(
                "/address", "address",
                "expected the address of a calendar, as https://example.org/calendar.ics, without a user in it")
        }
        return address
    }

    /// The source for a transaction that changes it, which nobody else changes or imports meanwhile.
    private func editable(_ id: ID<CalendarSource>, _ call: Call, in tx: Transaction) throws -> CalendarSource {
        let found = try self.visible(id, in: tx)
        try tx.require(.manageAvailability, on: Self.ownership(found))
        try self.ledger.lock([found.resource], in: tx)
        // It was read before it was locked.
        guard let source = try CalendarSource.find(id, in: tx.reading) else {
            throw Refusal.notFound("calendar source")
        }
        try call.match(version: source.version)
        return source
    }

    /// The source, of which whoever may not see it is not told.
    private func visible(_ id: ID<CalendarSource>, in tx: Transaction) throws -> CalendarSource {
        guard let source = try CalendarSource.find(id, in: tx.reading),
            tx.allows(.manageAvailability, on: Self.ownership(source))
        else { throw Refusal.notFound("calendar source") }
        return source
    }

    private func checkRoom(_ provider: ProviderEntry, _ call: Call, in tx: Transaction) throws {
        let present = try tx.value(
            """
            SELECT count(*) FROM \(CalendarSchema.source)
            WHERE organization_id = \(call.organization) AND provider_id = \(provider.id) AND archived_at IS NULL
            """, as: Int.self)
        guard (present ?? 0) < Self.mostOfProvider else {
            throw Refusal(
                .conflict, "too_many_calendars",
                "this provider has \(Self.mostOfProvider) calendars already: remove one first")
        }
    }

    private func changeSecrets(of source: inout CalendarSource, _ input: ChangeCalendarSource, _ call: Call) throws {
        guard input.address != nil || input.username != .absent || input.password != .absent else { return }
        let stored = try self.secrets(of: source, in: call.organization)
        var secrets = stored ?? CalendarSource.Secrets(address: "")
        if let text = input.address {
            let address = try Self.address(text)
            // Whoever may change the address must not thereby learn the password: it stays with its host.
            if let known = WebAddress(secrets.address), known.origin != address.origin, secrets.password != nil,
                input.password == .absent
            {
                throw Refusal.invalid("/password", "required", "another host needs its own password: send it, or null")
            }
            secrets.address = address.text
            source.host = address.host
        }
        secrets.username = input.username.applied(to: secrets.username)
        secrets.password = input.password.applied(to: secrets.password)
        _ = try Self.address(secrets.address)
        try secrets.check()
        if secrets != stored { source.secrets = try self.seal(secrets, of: source.id, call) }
    }

    private func seal(_ secrets: CalendarSource.Secrets, of id: ID<CalendarSource>, _ call: Call) throws -> [UInt8] {
        try self.keys.seal(secrets.json.serialized, in: CalendarSchema.secrets.cell(in: call.organization, id))
    }

    private func enqueue(_ id: ID<CalendarSource>, in tx: Transaction) throws {
        try tx.enqueue(self.job, SyncCalendar(source: id), priority: .normal, unique: .once(id.description))
    }

    private func shown(_ id: ID<CalendarSource>, in tx: Transaction) throws -> CalendarSourceView {
        guard let source = try CalendarSource.find(id, in: tx.reading) else {
            throw Refusal.notFound("calendar source")
        }
        return CalendarSourceView(source)
    }
}

extension CalendarSource.Secrets {
    /// The form in which they are sealed.
    var json: JSON {
        [
            "address": .string(self.address), "username": self.username.map(JSON.string) ?? .null,
            "password": self.password.map(JSON.string) ?? .null,
        ]
    }

    init?(_ json: JSON) {
        guard let address = json["address"]?.string else { return nil }
        self.init(address: address, username: json["username"]?.string, password: json["password"]?.string)
    }

    /// Who asks, where the server wants to know.
    var credentials: WebRequest.Credentials? {
        guard let username = self.username, let password = self.password else { return nil }
        return WebRequest.Credentials(name: username, password: password)
    }

    /// Refuses half of a pair, and a name that cannot be sent.
    func check() throws {
        guard (self.username == nil) == (self.password == nil) else {
            throw Refusal.invalid(
                self.username == nil ? "/username" : "/password", "required", "username and password come together")
        }
        // RFC 7617 §2: the colon ends the name.
        if self.username?.utf8.contains(UInt8(ascii: ":")) ?? false {
            throw Refusal.invalid("/username", "username", "a username holds no colon")
        }
    }
}

extension Refusal {
    static let fetchesNothing = Refusal(
        .conflict, "calendars_not_fetched", "this deployment fetches no calendars: its operator has to allow it")
}
