public import AlmanacStorage
internal import Synchronization

/// What background work needs: transactions that no call has opened, and what other plugins contribute.
extension Kernel {
    /// Reads in the plugin's room, across organizations: to find where there is something to do.
    ///
    /// - Parameters:
    ///   - freshness: How new the state must be: a replica of the database may answer what may be a little old.
    ///   - scope: Why the work must cross organizations.
    ///   - body: The work; it cannot await.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or ``AlmanacStorage/StorageError``.
    public func read<T: Sendable>(
        _ freshness: Freshness = .current, across scope: SystemScope,
        _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        try await self.room.read(freshness, in: .system(scope), body)
    }

    /// Reads in the plugin's room for one organization.
    ///
    /// - Parameters:
    ///   - freshness: How new the state must be: a replica of the database may answer what may be a little old.
    ///   - organization: Whose rows are read.
    ///   - body: The work; it cannot await.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or ``AlmanacStorage/StorageError``.
    public func read<T: Sendable>(
        _ freshness: Freshness = .current, in organization: OrganizationID,
        _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        try await self.room.read(freshness, in: .organization(organization), body)
    }

    /// Writes in the plugin's room for one organization, as the platform itself.
    ///
    /// - Parameters:
    ///   - organization: Whose rows are touched.
    ///   - name: What acts, for audit entries and `created_by` columns: `system:PLUGIN.NAME`.
    ///   - body: The work; it may be run again from the start, and it cannot await.
    /// - Returns: What `body` returned in the run that was committed.
    /// - Throws: What `body` throws, then nothing was written; or ``AlmanacStorage/StorageError``.
    public func write<T: Sendable>(
        in organization: OrganizationID, as name: StaticString, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        guard let platform = self.core.platform.load() else {
            throw UndeclaredUse("writes before the platform has been assembled")
        }
        let call = Call(
            organization: organization, principal: .system("\(P.declaration.id).\(name)"), origin: Origin(.job))
        return try await self.room.write(
            in: .organization(organization),
            attaching: { CallState(call: call, platform: platform, operation: "\(P.declaration.id).\(name)") }, body)
    }

    /// Whether nothing may leave the deployment now, because a restored database waits for an operator to look at it.
    ///
    /// Whoever sends something to the outside asks before, and leaves it waiting while this is so.
    ///
    /// - Throws: What the database throws; then nothing may leave either.
    public func isHoldingDeliveries(in tx: ReadTransaction) throws -> Bool {
        try DeliveryHold.current(in: tx.entering(.kernel)) != nil
    }

    /// Everything of one kind that enabled plugins contribute, in graph order; nothing before assembly has ended.
    ///
    /// For the kinds that the plugin's own contract defines.
    public func contributions<C: Contribution>(of type: C.Type = C.self) -> [(owner: PluginID, item: C)] {
        self.core.platform.load()?.graph.contributions(of: type) ?? []
    }

    /// Who takes mails; `nil` where the manifest names nobody.
    ///
    /// What is sent with it directly is in no queue: the caller tries again what has failed, outside any transaction.
    public var mail: (any MailTransport)? { self.core.mail }

    /// Who fetches from addresses that users give; `nil` where nobody does.
    ///
    /// Never inside a transaction.
    public var web: (any WebTransport)? { self.core.web }

    /// Where the deployment's pages are, as `https://book.example.org`, without a slash at the end; `nil` where the
    /// manifest does not say.
    ///
    /// Links in mails begin with it.
    public var pages: String? { self.core.pages }

    private var room: Database { self.core.database.entering(P.declaration.id.namespace) }
}
