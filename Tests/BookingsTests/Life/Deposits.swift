import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import BookingsAPI

/// A plugin that makes every new booking wait for its deposit.
struct Deposits: Plugin {
    static let declaration = Declaration(
        id: "deposits", version: "1.0.0", summary: "Takes deposits", needs: [.bookings])

    /// What came of a deposit.
    struct Settle: APIInput {
        let id: ID<Booking>
        let paid: Bool
    }

    /// Where its booking stands then.
    struct Settled: Codable, Sendable {
        let outcome: String
    }

    private let requirements: any BookingRequirements

    init(settings: NoSettings, kernel: Kernel<Self>) throws {
        self.requirements = try kernel.require(.bookingRequirements)
    }

    var contributions: Contributions {
        Requirement("deposit", for: BookingProposal.self) { proposal, _ in proposal.action == .create }
        Endpoint.post("/bookings/{id}", self.settle, status: 200, "Settles the deposit of a booking.")
    }

    private var settle: Command<Settle, Settled> {
        Command("deposits.settle", .signedIn) { [requirements] input, _, tx in
            let name = "deposits.deposit"
            let outcome =
                input.paid
                ? try requirements.satisfy(name, of: input.id, in: tx)
                : try requirements.fail(name, of: input.id, in: tx)
            try tx.audit("deposits.settled")
            return Settled(outcome: "\(outcome)")
        }
    }
}
