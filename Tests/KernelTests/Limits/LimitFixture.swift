import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// A limiter on a clock that stands still, with what it logs.
struct LimitFixture {
    let clock = ManualClock(TestClock.start)
    let log = TestLog()
    let limiter: RateLimiter

    init(_ limits: RateLimits, capacity: Int = 65_536) {
        self.limiter = RateLimiter(limits, clock: self.clock, logger: self.log.logger, capacity: capacity)
    }

    /// A limiter for one class.
    init(_ rateClass: RateClass, _ rules: RateLimits.Rules, capacity: Int = 65_536) {
        self.init(RateLimits([rateClass: rules]), capacity: capacity)
    }

    /// How many of `count` requests are let through.
    func admitted(_ count: Int, _ rateClass: RateClass, _ caller: LimitedCaller) -> Int {
        (0..<count).count { _ in self.limiter.admit(rateClass, caller).isAdmitted }
    }

    static func user(_ number: UInt64, _ roles: Role...) -> SignedInUser {
        SignedInUser(
            id: ID(high: 0, low: number), person: ID(high: 1, low: number), session: nil, roles: roles, grants: .none)
    }

    /// A caller with one of 2^32 addresses.
    static func caller(_ number: UInt32) -> LimitedCaller {
        let bytes = [24, 16, 8, 0].map { "\(number >> $0 & 0xFF)" }
        return LimitedCaller(address: NetworkAddress(bytes.joined(separator: ".")))
    }
}
