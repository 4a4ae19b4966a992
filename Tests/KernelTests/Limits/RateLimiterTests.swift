import AlmanacStorage
import AlmanacTestKit
import Dispatch
import Synchronization
import Testing

@testable import AlmanacKernel

struct RateLimiterTests {
    private static let ten = RateLimit(checked: 10, seconds: 60, burst: 10)
    private static let three = RateLimit(checked: 3, seconds: 60, burst: 3)

    @Test func limitsNothingWhereNothingIsStated() {
        let fixture = LimitFixture(.none)

        #expect(RateClass.allCases.allSatisfy { !fixture.limiter.isLimited($0) })
        #expect(fixture.admitted(1_000, .login, LimitFixture.caller(1)) == 1_000)
        #expect(fixture.limiter.count == 0)
        #expect(fixture.limiter.policies.isEmpty)
    }

    @Test func protectsSigningInMailsAndPaymentsUnlessTold() {
        let fixture = LimitFixture(.standard)

        #expect(RateClass.allCases.filter { fixture.limiter.isLimited($0) } == [.login, .reset, .payment])
        #expect(
            fixture.limiter.policies.map(\.name) == [
                "login-address", "login-identifier", "reset-address", "reset-identifier", "payment-user",
                "payment-address",
            ])
        #expect(fixture.admitted(20, .login, LimitedCaller(identifier: "anna@example.org")) == 10)
        #expect(fixture.admitted(400, .login, LimitFixture.caller(1)) == 300)
    }

    @Test func letsABurstThroughAndThenOneAtATime() {
        let fixture = LimitFixture(.public, .init(perAddress: Self.ten))
        let caller = LimitFixture.caller(1)

        #expect(fixture.admitted(20, .public, caller) == 10)
        fixture.clock.advance(seconds: 5)
        #expect(fixture.admitted(20, .public, caller) == 0)
        fixture.clock.advance(seconds: 1)
        #expect(fixture.admitted(20, .public, caller) == 1)
        fixture.clock.advance(seconds: 60)
        #expect(fixture.admitted(20, .public, caller) == 10)
    }

    @Test func aProgramDoesNotUseUpWhatItsOwnerMayDo() {
        let fixture = LimitFixture(.reads, .init(perUser: Self.ten, perKey: Self.three))
        let owner = LimitFixture.user(1, .admin)
        func program(_ key: UInt64) -> LimitedCaller {
            LimitedCaller(
                user: SignedInUser(
                    id: owner.id, person: owner.person, session: nil, roles: owner.roles, grants: .none,
                    apiKey: ID(high: 2, low: key)))
        }

        #expect(fixture.admitted(20, .reads, program(1)) == 3)
        #expect(fixture.admitted(20, .reads, program(2)) == 3)
        // What programs do counts for their owner, what they were refused does not.
        #expect(fixture.admitted(20, .reads, LimitedCaller(user: owner)) == 4)
        #expect(fixture.admitted(20, .reads, program(3)) == 0)
        #expect(fixture.limiter.policies.map(\.name) == ["reads-user", "reads-key"])
    }

    @Test func givesNothingBackWhenTheClockGoesBack() {
        let fixture = LimitFixture(.public, .init(perAddress: Self.ten))
        let caller = LimitFixture.caller(1)

        #expect(fixture.admitted(20, .public, caller) == 10)
        fixture.clock.advance(minutes: -60)
        #expect(fixture.admitted(20, .public, caller) == 0)
        // Nor is anybody shut out until the old time has come again.
        fixture.clock.advance(seconds: 6)
        #expect(fixture.admitted(20, .public, caller) == 1)
    }

    @Test func tellsHowTheCallerStands() throws {
        let fixture = LimitFixture(.public, .init(perAddress: Self.three))
        let caller = LimitFixture.caller(1)

        let first = fixture.limiter.admit(.public, caller)
        _ = fixture.admitted(2, .public, caller)
        fixture.clock.advance(microseconds: 1)
        let refused = fixture.limiter.admit(.public, caller)

        let standing = try #require(first.standings.first)
        #expect(standing.remaining == 2)
        #expect(standing.secondsUntilMore == 20)
        #expect(first.isAdmitted && first.strictest == nil)
        #expect(!refused.isAdmitted)
        #expect(refused.strictest?.name == "public-address")
        // 19.999999 seconds are rounded up.
        #expect(refused.retryAfterSeconds == 20)
    }

    @Test func theMostRestrictiveLimitWins() {
        let fixture = LimitFixture(.login, .init(perAddress: Self.ten, perIdentifier: Self.three))
        let address = NetworkAddress("192.0.2.1")

        #expect(fixture.admitted(9, .login, LimitedCaller(address: address, identifier: "anna@example.org")) == 3)
        #expect(fixture.admitted(9, .login, LimitedCaller(address: address, identifier: "ben@example.org")) == 3)
        // Six are counted for the address: what one limit refused has not used up another.
        let others = (0..<9).map { LimitedCaller(address: address, identifier: "other\($0)@example.org") }
        #expect(others.count { fixture.limiter.admit(.login, $0).isAdmitted } == 4)
        // Nor the other way round: those whom the address held up have all their own left.
        let elsewhere = LimitedCaller(address: NetworkAddress("192.0.2.2"), identifier: "other8@example.org")
        #expect(fixture.admitted(9, .login, elsewhere) == 3)
    }

    @Test(arguments: ["anna@example.org", "ANNA@example.org", " anna@Example.org ", "ａnna@example.org"])
    func countsAnIdentifierInAnySpelling(_ spelling: String) {
        let fixture = LimitFixture(.login, .init(perIdentifier: Self.three))

        #expect(fixture.admitted(3, .login, LimitedCaller(identifier: "Anna@Example.Org")) == 3)
        #expect(fixture.admitted(1, .login, LimitedCaller(identifier: spelling)) == 0)
        #expect(fixture.admitted(1, .login, LimitedCaller(identifier: "hanna@example.org")) == 1)
    }

    @Test func countsANetworkOfIPv6AsOneCaller() {
        let fixture = LimitFixture(.login, .init(perAddress: Self.ten))
        let neighbors = (0..<50).map { LimitedCaller(address: NetworkAddress("2001:db8:0:1::\($0)")) }

        #expect(neighbors.count { fixture.limiter.admit(.login, $0).isAdmitted } == 10)
        #expect(fixture.admitted(1, .login, LimitedCaller(address: NetworkAddress("2001:db8:0:2::1"))) == 1)
        #expect(fixture.admitted(20, .login, LimitedCaller(address: NetworkAddress("192.0.2.1"))) == 10)
        // The same address, as a socket for both versions shows it.
        #expect(fixture.admitted(1, .login, LimitedCaller(address: NetworkAddress("::ffff:192.0.2.1"))) == 0)
    }

    @Test func countsCallersWithoutAddressTogether() {
        let fixture = LimitFixture(.login, .init(perAddress: Self.ten))

        #expect(fixture.admitted(20, .login, LimitedCaller()) == 10)
    }

    @Test func keepsClassesApart() {
        var limits = RateLimits.none
        limits[.reads] = .init(perUser: Self.ten)
        limits[.writes] = .init(perUser: Self.three)
        let fixture = LimitFixture(limits)
        let caller = LimitedCaller(user: LimitFixture.user(1, .customer))

        #expect(fixture.admitted(20, .writes, caller) == 3)
        #expect(fixture.admitted(20, .reads, caller) == 10)
        #expect(fixture.admitted(20, .reads, LimitedCaller(user: LimitFixture.user(2, .customer))) == 10)
    }

    @Test func limitsByRole() {
        let roles: [RateLimits.RoleLimit] = [
            .init(.customer, Self.three), .init(.provider, Self.ten), .init(.admin, nil),
        ]
        let five = RateLimit(checked: 5, seconds: 60, burst: 5)
        let fixture = LimitFixture(.writes, .init(perUser: five, perRole: roles))
        func admitted(_ user: SignedInUser) -> Int { fixture.admitted(100, .writes, LimitedCaller(user: user)) }

        #expect(admitted(LimitFixture.user(1, .customer)) == 3)
        #expect(admitted(LimitFixture.user(2, .provider)) == 10)
        #expect(admitted(LimitFixture.user(3, .customer, .provider)) == 10)
        #expect(admitted(LimitFixture.user(4, .customer, .admin)) == 100)
        #expect(admitted(LimitFixture.user(5, Role("guest"))) == 5)
        #expect(admitted(LimitFixture.user(6)) == 5)
    }

    @Test func givesBackWhatWasNotMeant() {
        let fixture = LimitFixture(.login, .init(perAddress: Self.three, perIdentifier: Self.ten))
        let caller = LimitedCaller(address: NetworkAddress("192.0.2.1"), identifier: "anna@example.org")

        for _ in 0..<10 {
            let admission = fixture.limiter.admit(.login, caller)
            #expect(admission.isAdmitted)
            fixture.limiter.giveBack(admission, .address)
        }

        // The address has all its own left, the identifier nothing.
        let refused = fixture.limiter.admit(.login, caller)
        #expect(refused.standings.map(\.remaining) == [3, 0])
        #expect(refused.strictest?.subject == .identifier)
    }

    @Test func givesNothingBackForARefusal() {
        let fixture = LimitFixture(.login, .init(perAddress: Self.three))
        let caller = LimitFixture.caller(1)

        #expect(fixture.admitted(3, .login, caller) == 3)
        fixture.limiter.giveBack(fixture.limiter.admit(.login, caller), .address)
        #expect(fixture.admitted(3, .login, caller) == 0)
    }

    // MARK: At the same moment

    @Test(arguments: 0..<20)
    func ofTwoHundredAtOnceExactlyTenPass(round: Int) {
        let fixture = LimitFixture(.login, .init(perAddress: Self.ten, perIdentifier: Self.ten))
        let caller = LimitedCaller(address: NetworkAddress("192.0.2.1"), identifier: "round\(round)@example.org")
        let passed = Atomic(0)

        DispatchQueue.concurrentPerform(iterations: 200) { _ in
            if fixture.limiter.admit(.login, caller).isAdmitted { passed.add(1, ordering: .relaxed) }
        }

        #expect(passed.load(ordering: .relaxed) == 10)
        #expect(fixture.limiter.refusals == ["login-address": 190, "login-identifier": 190])
    }

    /// Callers who meet in one limit and not in the other, in both orders: none may wait for another forever.
    @Test func decisionsThatShareKeysDoNotBlockEachOther() {
        let plenty = RateLimit(checked: 1_000, seconds: 60, burst: 1_000)
        let fixture = LimitFixture(.login, .init(perAddress: plenty, perIdentifier: plenty))
        let passed = Atomic(0)

        DispatchQueue.concurrentPerform(iterations: 20_000) { index in
            var caller = LimitFixture.caller(UInt32(index % 10))
            caller.identifier = "\(index / 10 % 10)@example.org"
            if fixture.limiter.admit(.login, caller).isAdmitted { passed.add(1, ordering: .relaxed) }
        }

        #expect(passed.load(ordering: .relaxed) == 10_000)
    }

    /// Without one step for deciding and counting, as many pass as ask before the first is counted.
    @Test func withoutOneStepTooManyPass() async {
        let unguarded = Unguarded(Self.ten)
        let everybodyHasAsked = TestSignal()

        let passed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    let isAllowed = unguarded.isAllowed()
                    if unguarded.askers == 200 { everybodyHasAsked.send() }
                    await everybodyHasAsked.arrives()
                    if isAllowed { unguarded.count() }
                    return isAllowed
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }

        #expect(passed == 200)
    }
}

/// The negative control: a limiter that decides in one step and counts in another.
private final class Unguarded: Sendable {
    private let limit: RateLimit
    private let bucket = Mutex(Bucket(at: 0))
    private let asked = Atomic(0)

    init(_ limit: RateLimit) { self.limit = limit }

    var askers: Int { self.asked.load(ordering: .sequentiallyConsistent) }

    func isAllowed() -> Bool {
        let isAllowed = self.bucket.withLock { $0.remaining(self.limit) > 0 }
        self.asked.add(1, ordering: .sequentiallyConsistent)
        return isAllowed
    }

    func count() { self.bucket.withLock { $0.charge(self.limit) } }
}
