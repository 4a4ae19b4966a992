import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit

/// Somebody who waits for a start, in the way in which the row books.
struct MatrixWaiter: Sendable {
    /// Whoever asks: they themselves, or the staff for them.
    var client: APIClient
    /// For whom the staff ask.
    let customer: String?
    /// Where they get mail, when they have no account.
    let address: String?
    /// What they wait for.
    var entry = ""
}

extension MatrixBusiness {
    /// Makes somebody who can wait.
    func makeWaiter(_ number: Int) async throws -> MatrixWaiter {
        let address = "waiting-\(number)@\(self.slug).example"
        switch self.row.booker {
        case .account:
            _ = try await self.platform.runtime.identity.createUser(
                email: EmailAddress(address), password: TestMember.password, role: TestMember.customer.role,
                in: self.organization, actor: .system("matrix"), origin: Origin(.test))
            return MatrixWaiter(client: try await self.anonymous.signedIn(address), customer: nil, address: nil)
        case .staff:
            let customer = try await self.admin.post(
                "/api/v1/customers", ["givenName": "Wanda", "familyName": .string("Winter \(number)")]
            ).expect(201).id
            return MatrixWaiter(client: self.admin, customer: customer, address: nil)
        case .guest: return MatrixWaiter(client: self.anonymous, customer: nil, address: address)
        }
    }

    /// Tells consumers what has happened and runs what is due, until nothing is.
    func settle() async throws {
        for _ in 0..<3 {
            try await self.platform.deliverEvents()
            while try await self.platform.runtime.scheduler.step() > 0 {}
        }
    }
}
