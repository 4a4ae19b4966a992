import AlmanacKernel
import AlmanacStorage
import BookingsAPI

@testable import Bookings

/// The plugin with a guard for whom every claim takes two hours more: it refuses time that is free.
struct GreedyBookings: Plugin {
    typealias Settings = Bookings.Settings

    static let declaration = Bookings.declaration

    private struct GreedyGuard: ClaimGuard {
        func lock(_ keys: [LockKey], in tx: Transaction) throws {
            try LockedCheck().lock(keys, in: tx)
        }

        func counted(_ claims: [ClaimSpan]) -> [ClaimSpan] {
            claims.map { claim in
                var claim = claim
                claim.end = claim.end.adding(minutes: 120)
                claim.paddedEnd = claim.paddedEnd.adding(minutes: 120)
                return claim
            }
        }
    }

    private let core: BookingsCore

    init(settings: Settings, kernel: Kernel<Self>) throws {
        self.core = BookingsCore(
            settings: settings, defaults: kernel.organizationSettings(), organizations: kernel.organizations,
            people: kernel.people, guarding: GreedyGuard())
    }

    var contributions: Contributions { self.core.contributions }
}
