import AlmanacKernel
import AlmanacStorage
import BookingsAPI
import Synchronization

@testable import Bookings

/// The plugin with a guard that sees a ghost every tenth time it looks: it refuses time that is free.
struct HauntedBookings: Plugin {
    typealias Settings = Bookings.Settings

    static let declaration = Bookings.declaration

    private final class HauntedGuard: ClaimGuard {
        private let looks = Mutex(0)

        func lock(_ keys: [LockKey], in tx: Transaction) throws {
            try LockedCheck().lock(keys, in: tx)
        }

        func counted(_ claims: [ClaimSpan]) -> [ClaimSpan] {
            let isHaunted = self.looks.withLock { looks in
                looks += 1
                return looks.isMultiple(of: 10)
            }
            return isHaunted ? claims + [.blocked(from: .distantPast, to: .distantFuture)] : claims
        }
    }

    private let core: BookingsCore
    private let guests: GuestCore

    init(settings: Settings, kernel: Kernel<Self>) throws {
        self.core = BookingsCore(
            settings: settings, defaults: kernel.organizationSettings(), organizations: kernel.organizations,
            people: kernel.people, guarding: HauntedGuard())
        self.guests = GuestCore(kernel: kernel, core: self.core)
    }

    var contributions: Contributions {
        self.core.contributions
        self.guests.contributions
    }
}
