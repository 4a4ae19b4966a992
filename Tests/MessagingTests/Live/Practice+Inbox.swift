import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import MessagingAPI

@testable import AlmanacKernel
@testable import Messaging

extension Practice {
    static let live = "/api/v1/me/inbox/live"

    /// Puts a message into somebody's inbox, in a transaction of its own.
    ///
    /// - Parameters:
    ///   - subject: What it says.
    ///   - member: Whose inbox.
    ///   - arrivals: Who numbers it: this host unless stated.
    ///   - held: Runs in the transaction when the message has its number.
    /// - Throws: What the database throws.
    func put(
        _ subject: String, for member: TestMember = .customer, by arrivals: Arrivals? = nil,
        held: @escaping @Sendable () -> Void = {}
    ) async throws {
        let organization = try self.platform.organization(self.place).id
        let person = try self.platform.person(member, in: self.place)
        let arrivals = arrivals ?? Arrivals(live: self.platform.runtime.live)
        // Once only: what is held in a rehearsal is undone.
        let database = self.platform.database.database(in: PluginID.messaging.namespace, rehearses: false)
        try await database.write(in: .organization(organization)) { tx in
            let number = try arrivals.next(for: person, organization, in: tx)
            try Self.insert(subject, number, person, organization, tx)
            held()
        }
    }

    /// Writes a message into an inbox, with the number that it is given.
    static func insert(
        _ subject: String, _ number: SQL, _ person: ID<Person>, _ organization: OrganizationID, _ tx: Transaction
    ) throws {
        let id: ID<StoredMessage> = tx.id()
        try tx.execute(
            """
            INSERT INTO \(MessagingSchema.message) (organization_id, id, person_id, audience, type, channel, booking_id,
                booking_version, start_at, end_at, dedupe_key, state, attempts, due_at, locale, subject, body,
                created_at, settled_at, arrival)
            VALUES (\(organization), \(id), \(person), 'customer', \(MessageType.bookingConfirmed), \(ChannelID.inApp),
                \(id), 1, \(tx.now), \(tx.now), \("\(id)"), \(MessageState.sent), 1, \(tx.now), 'de', \(subject), 'text',
                \(tx.now), \(tx.now), \(number))
            """)
    }

    /// Puts so many messages into somebody's inbox, one after the other: `1`, `2` and so on.
    func put(_ count: Int, for member: TestMember = .customer, by arrivals: Arrivals? = nil) async throws {
        for number in 1...count { try await self.put("\(number)", for: member, by: arrivals) }
    }

    /// Who numbers messages on another host: nobody here is woken.
    static var otherHost: Arrivals { Arrivals(live: LiveUpdates()) }
}

extension [LiveMessage] {
    /// What stands in messages and counts, with ids: `message 3 lesson`, `unread 3 1`.
    var told: [String] {
        self.map { event in
            let word = event.data["subject"]?.string ?? event.data["unread"]?.int.map { "\($0)" } ?? ""
            return "\(event.name) \(event.id ?? "-") \(word)"
        }
    }
}
