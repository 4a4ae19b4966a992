import AlmanacStorage
import AlmanacTestKit
import BookingsAPI

@testable import AlmanacKernel
@testable import Messaging

/// Messages, texts and preferences, each made for one request.
extension MatrixSchool {
    /// A mail that could not be sent, to somebody.
    func failedMessage() async throws -> String {
        try await self.message(to: self.newcomer(.customer), channel: "email", state: "failed", reason: "refused")
    }

    /// A message in somebody's inbox.
    func inboxItem(of owner: Newcomer) async throws -> String {
        try await self.message(to: owner, channel: "inApp", state: "sent", reason: nil)
    }

    private func message(
        to owner: Newcomer, channel: String, state: String, reason: String?
    ) async throws -> String {
        let organization = try self.platform.organization(self.place).id
        let person = try await self.person(of: owner)
        let number = self.next()
        let id = try await self.platform.database(of: "messaging").write(in: .organization(organization)) { tx in
            let id: ID<Booking> = tx.id()
            try tx.execute(
                """
                INSERT INTO \(MessagingSchema.message) (organization_id, id, person_id, audience, type, channel,
                    booking_id, booking_version, start_at, end_at, dedupe_key, state, reason, attempts, due_at, locale,
                    subject, body, created_at, settled_at)
                VALUES (\(organization), \(id), \(person), 'customer', 'bookingConfirmed', \(channel), \(id), 1,
                    \(tx.now), \(tx.now.adding(minutes: 60)), \("sample \(number)"), \(state), \(reason), 1, \(tx.now),
                    'en', 'Sample', 'Sample', \(tx.now), \(tx.now))
                """)
            return id
        }
        return id.description
    }

    /// The person that somebody is here.
    func person(of owner: Newcomer) async throws -> ID<Person> {
        let organization = try self.platform.organization(self.place).id
        return try await self.platform.runtime.database.read(in: .organization(organization)) { tx in
            guard let user = ID<User>(owner.user),
                let person: ID<Person> = try tx.value(
                    "SELECT id FROM \(Person.table) WHERE organization_id = \(organization) AND user_id = \(user)")
            else { throw TestKitError("\(owner.email) is nobody here") }
            return person
        }
    }

    /// A text of the organization's own.
    func messageTemplate() async throws -> String {
        try await self.maker.post("/api/v1/message-templates", self.messageTemplateInput()).expect(201).id
    }

    /// A text in a language that no other one is in.
    func messageTemplateInput() -> JSON {
        [
            "type": "bookingConfirmed", "audience": "customer", "channel": "inApp",
            "locale": .string("de-x-s\(self.next())"), "subject": "Sample", "text": "{{eventType}} {{start}}",
        ]
    }
}
