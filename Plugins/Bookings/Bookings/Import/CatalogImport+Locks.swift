internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension CatalogImport {
    /// What is locked with the catalog, all at once: rooms and vehicles that are made smaller, and everybody and
    /// everything whose time sessions are going to take.
    ///
    /// It is found by what was there before the locks; whatever turns out to be needed besides has the import refused
    /// with `try_again`.
    func locks(_ files: ImportedFiles, _ call: Call, in tx: Transaction) throws -> [LockKey] {
        let smaller = try Self.resourcesToLock(files, call, in: tx)
        return Set(try self.resourcesOfSessions(files, call, in: tx) + smaller).map(LockKey.resource)
    }

    /// Those who give the sessions that are scheduled, and what these need, as far as they are there.
    private func resourcesOfSessions(
        _ files: ImportedFiles, _ call: Call, in tx: Transaction
    ) throws -> [ID<Resource>] {
        let scheduled = files.sessions.map(\.value).filter(\.isScheduled)
        guard !scheduled.isEmpty else { return [] }
        let catalog = try self.catalogs.current(in: tx.reading)
        let providers = try KnownCatalog(call, in: tx).providers
        let hosts = Set(scheduled.flatMap(\.hosts)).compactMap { name in
            providers[name]?.resource ?? ID<Provider>(name).flatMap { catalog.provider($0)?.resource }
        }
        let others = Set(scheduled.flatMap(\.resources)).sorted()
        let known: [ID<Resource>] = try tx.values(
            """
            SELECT id FROM \(BookingsSchema.resource)
            WHERE organization_id = \(call.organization) AND source = \(ImportSource.resources)
                AND external_id IN \(list: others)
            """)
        return hosts + known + others.compactMap { ID<Resource>($0) }
    }
}
