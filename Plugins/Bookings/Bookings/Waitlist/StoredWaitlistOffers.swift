internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Finds offers of the waitlist for other plugins: enters the plugin's own room and reads.
struct StoredWaitlistOffers<P: Plugin>: WaitlistLookup {
    let kernel: Kernel<P>
    let catalogs: CatalogStore

    func offer(to entry: ID<WaitlistEntry>, in tx: ReadTransaction) throws -> WaitlistOffer? {
        let tx = self.kernel.entering(tx)
        guard let row = try StoredWaitlist.find(entry, in: tx), row.status == .offered,
            let hold = try row.hold.flatMap({ try HoldRow.find($0, in: tx) }), hold.status(at: tx.now) == .active,
            let subject = try self.subject(of: hold, in: tx)
        else { return nil }
        return WaitlistOffer(
            entry: row.id, hold: hold.id, customerPerson: row.customerPerson,
            customerName: try self.kernel.people.name(of: row.customerPerson, in: tx) ?? "", title: subject.title,
            hosts: subject.hosts, place: hold.place, start: hold.start, end: hold.end, zone: row.wish.zone,
            expiresAt: hold.expiresAt)
    }

    /// What is kept and who gives it; `nil` when it is offered no more.
    private func subject(
        of hold: HoldRow, in tx: ReadTransaction
    ) throws -> (title: LocalizedText, hosts: [String])? {
        if let session = hold.session {
            return try StoredSessions.find(session, in: tx).map { ($0.title, $0.hosts.map(\.name)) }
        }
        let catalog = try self.catalogs.current(in: tx)
        guard let eventType = catalog.eventType(hold.eventType), let provider = catalog.provider(hold.provider) else {
            return nil
        }
        let others = try BookedResources.held(by: [hold], eventType, in: tx)[hold.id] ?? []
        return (eventType.name, [provider.name] + others.filter { $0.role == .host }.map(\.name))
    }
}
