internal import AlmanacKernel
internal import AlmanacStorage

/// Numbers the messages in each person's inbox in the order in which they become visible, and wakes whoever looks.
///
/// Ids are made when a message is written down, long before it is in an inbox, and a number drawn from a sequence may be
/// committed later than a higher one. These numbers are counted in the row of the inbox, which the statement that counts
/// keeps locked until the commit: so they become visible one after the other and without gaps, and who has seen a number
/// has seen all below it.
struct Arrivals: Sendable {
    let live: LiveUpdates

    /// What is followed by those who look at their inbox: each person's own.
    static let topic = LiveTopic("messaging.inbox") { subjects, tx in
        // Filled up to a power of two, so that few different statements are prepared.
        var people = subjects.map { $0.id(of: Person.self) }
        while let last = people.last, people.count & (people.count - 1) != 0 { people.append(last) }
        let rows = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(MessagingSchema.inbox) WHERE person_id IN \(list: people)
            """, as: Row.self)
        return Dictionary(rows.map { (Self.subject($0.person, $0.organization), $0.changes) }, uniquingKeysWith: { $1 })
    }

    private struct Row: Record {
        static let columns: Columns = ["organization_id", "person_id", "changes"]
        let organization: OrganizationID
        let person: ID<Person>
        let changes: Int64

        init(row: inout RowReader) throws {
            self.organization = try row.next()
            self.person = try row.next()
            self.changes = try row.next()
        }
    }

    /// A person's inbox.
    static func subject(_ person: ID<Person>, _ organization: OrganizationID) -> LiveSubject {
        LiveSubject("messaging.inbox", person, in: organization)
    }

    /// Counts a message into a person's inbox, which nobody else can until the transaction ends.
    ///
    /// - Returns: Its number, as SQL for a statement of this transaction.
    func next(for person: ID<Person>, _ organization: OrganizationID, in tx: Transaction) throws -> SQL {
        try self.count(1, person, organization, in: tx)
        return """
            (SELECT arrivals FROM \(MessagingSchema.inbox)
                WHERE organization_id = \(organization) AND person_id = \(person))
            """
    }

    /// Notes that a person has read some of their messages.
    func wereRead(by person: ID<Person>, _ organization: OrganizationID, in tx: Transaction) throws {
        try self.count(0, person, organization, in: tx)
    }

    private func count(
        _ arrivals: Int, _ person: ID<Person>, _ organization: OrganizationID, in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(MessagingSchema.inbox) AS box (organization_id, person_id, arrivals, changes)
            VALUES (\(organization), \(person), \(arrivals), 1)
            ON CONFLICT (organization_id, person_id) DO UPDATE
            SET arrivals = box.arrivals + \(arrivals), changes = box.changes + 1
            """)
        tx.afterCommit { [live] in live.changed(Self.subject(person, organization)) }
    }
}
