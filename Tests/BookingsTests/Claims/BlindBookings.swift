import AlmanacKernel
import AlmanacStorage
import BookingsAPI

@testable import Bookings

/// The plugin with a guard that counts no claims: whoever books must have looked before, in another transaction.
struct BlindBookings: Plugin {
    typealias Settings = Bookings.Settings

    static let declaration = Bookings.declaration

    private struct BlindGuard: ClaimGuard {
        func lock(_ keys: [LockKey], in tx: Transaction) throws {
            try LockedCheck().lock(keys, in: tx)
        }

        func counted(_ claims: [ClaimSpan]) -> [ClaimSpan] { [] }
    }

    private let core: BookingsCore
    private let guests: GuestCore

    init(settings: Settings, kernel: Kernel<Self>) throws {
        self.core = BookingsCore(
            settings: settings, defaults: kernel.organizationSettings(), organizations: kernel.organizations,
            people: kernel.people, guarding: BlindGuard())
        self.guests = GuestCore(kernel: kernel, core: self.core)
    }

    var contributions: Contributions {
        self.core.contributions
        self.guests.contributions
    }
}
