import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

@testable import AlmanacKernel
@testable import Bookings

/// Mails that are written while the staff change the address of the guest to whom they go.
struct ChangedAddressTests {
    /// The change comes first, and the mail is begun before it is committed: no token that works goes to the old address.
    ///
    /// On PostgreSQL both wait for the guest, the change first; SQLite has one writer.
    @Test(arguments: TestEngine.allCases)
    func noTokenThatWorksGoesToTheOldAddress(_ engine: TestEngine) async throws {
        try await withPractice(engine, accounts: AccountPolicy(publicURL: "https://book.example")) { practice in
            let id = try await practice.bookAsGuest(email: "alt@example.org").booking
            try await practice.deliver()
            practice.platform.clock.advance(minutes: 5)
            let admin = try await practice.client(as: .admin)
            let booking = try #require(ID<Booking>(id))
            let organization = try practice.platform.organization(practice.place).id
            let bookings = practice.platform.database(of: .bookings)
            let (isHeld, mayGo) = (TestSignal(), TestSignal())
            async let keeper: Void = bookings.write(in: .organization(organization)) { tx in
                func person() throws -> ID<Person>? {
                    try tx.value(
                        """
                        SELECT customer_person_id FROM \(BookingsSchema.booking)
                        WHERE organization_id = \(organization) AND id = \(booking)
                        """)
                }
                guard let guest = try person() else { return isHeld.send() }
                try tx.lock([.customer(guest)])
                // Locks are asked for with the next statement.
                _ = try person()
                isHeld.send()
                mayGo.wait()
            }
            await isHeld.arrives()
            async let change = admin.post("/api/v1/bookings/\(id)/guest-email", ["email": "neu@example.org"])
            do {
                defer { mayGo.send() }
                if engine == .postgres { try await practice.platform.database.awaitWaiting(1) }
                async let sending: Void = practice.send()
                if engine == .postgres { try await practice.platform.database.awaitWaiting(2) }
                mayGo.send()
                try await sending
            }
            try await keeper
            try await change.expect(200)

            let mails = practice.mailbox.mails.filter { $0.html != nil && $0.text.contains("#token=") }
            #expect(mails.count == 1)
            for mail in mails {
                let text = try #require(mail.text.firstRange(of: "#token="))
                let token = String(mail.text[text.upperBound...].prefix { !$0.isNewline })
                let status = try await practice.status(token, of: id)
                #expect(status == (mail.recipient.text == "neu@example.org" ? 200 : 401))
            }
        }
    }
}
