import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

struct RefusalLogTests {
    private let three = RateLimit(requests: 3, seconds: 60)

    @Test func logsACallerOnceAWindow() {
        let fixture = LimitFixture(.public, .init(perAddress: self.three))
        let caller = LimitFixture.caller(0xC000_0201)

        _ = fixture.admitted(100, .public, caller)
        #expect(fixture.log.all.count == 1)
        fixture.clock.advance(seconds: 59)
        _ = fixture.admitted(100, .public, caller)
        #expect(fixture.log.all.count == 1)
        fixture.clock.advance(seconds: 1)
        _ = fixture.admitted(100, .public, caller)

        #expect(
            fixture.log.all == [
                "warning rate limit reached: address=192.0.2.1, limit=3 in 60 seconds, policy=public-address, "
                    + "refusals=1",
                "warning rate limit reached: address=192.0.2.1, limit=3 in 60 seconds, policy=public-address, "
                    + "refusals=195",
            ])
        // Three pass at first, two after 59 seconds, and one a second later.
        #expect(fixture.limiter.refusals == ["public-address": 97 + 98 + 99])
    }

    @Test func logsAgainAfterTheClockWentBack() {
        let fixture = LimitFixture(.public, .init(perAddress: self.three))
        let caller = LimitFixture.caller(1)

        _ = fixture.admitted(4, .public, caller)
        fixture.clock.advance(minutes: -60)
        _ = fixture.admitted(4, .public, caller)

        #expect(fixture.log.all.count == 2)
    }

    @Test func namesUsersAndNetworksButNoIdentifiers() {
        let one = RateLimit(requests: 1, seconds: 60)
        var limits = RateLimits.none
        limits[.login] = .init(perAddress: one, perIdentifier: one)
        limits[.reads] = .init(perUser: one)
        let fixture = LimitFixture(limits)
        let address = NetworkAddress("2001:db8:1:2:3::4")

        _ = fixture.admitted(2, .login, LimitedCaller(address: address, identifier: "anna@example.org"))
        _ = fixture.admitted(2, .reads, LimitedCaller(user: LimitFixture.user(7)))

        let text = fixture.log.all.joined(separator: "\n")
        #expect(text.contains("address=2001:db8:1:2::/64,"))
        #expect(text.contains("user=00000000-0000-0000-0000-000000000007"))
        #expect(text.contains("identifier=sha256:"))
        #expect(!text.contains("anna"))
    }
}
