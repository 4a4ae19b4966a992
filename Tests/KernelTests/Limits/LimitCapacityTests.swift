import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What a flood of callers does to a limiter: it neither grows nor forgets whom it holds up.
struct LimitCapacityTests {
    private static let ten = RateLimit(checked: 10, seconds: 60, burst: 10)
    private static let victim = LimitFixture.caller(0xC000_0201)
    private static let witness = LimitFixture.caller(0xC000_0202)

    @Test(arguments: [1_024, 65_536])
    func remembersNoMoreThanItsCapacity(capacity: Int) {
        let fixture = LimitFixture(.login, .init(perAddress: Self.ten), capacity: capacity)

        for number in 0..<UInt32(100_000) { _ = fixture.limiter.admit(.login, LimitFixture.caller(number)) }

        #expect(fixture.limiter.capacity == capacity)
        #expect(fixture.limiter.count <= capacity)
        // Most places are in use: the keys are spread evenly.
        #expect(fixture.limiter.count > capacity / 2)
    }

    @Test func aFloodFreesNobodyAndRefusesNobody() {
        let fixture = LimitFixture(.login, .init(perAddress: Self.ten), capacity: 1_024)
        #expect(fixture.admitted(20, .login, Self.victim) == 10)
        #expect(fixture.admitted(5, .login, Self.witness) == 5)

        let newcomers = (0..<UInt32(100_000)).count { number in
            fixture.limiter.admit(.login, LimitFixture.caller(number)).isAdmitted
        }

        #expect(newcomers == 100_000)
        #expect(fixture.admitted(20, .login, Self.victim) == 0)
        #expect(fixture.admitted(20, .login, Self.witness) == 5)
    }

    @Test func makesRoomWhereNothingIsOwedAnyMore() {
        let fixture = LimitFixture(.login, .init(perAddress: Self.ten), capacity: 128)
        // Each of 128 keys has used up everything; a minute later nobody owes anything.
        for number in 0..<UInt32(1_000) { #expect(fixture.admitted(11, .login, LimitFixture.caller(number)) == 10) }
        fixture.clock.advance(seconds: 60)
        #expect(fixture.admitted(20, .login, Self.victim) == 10)

        for number in 1_000..<UInt32(2_000) { _ = fixture.limiter.admit(.login, LimitFixture.caller(number)) }

        #expect(fixture.admitted(20, .login, Self.victim) == 0)
    }

    /// What is documented, not hoped for: of those who owe something the one who owes the least is forgotten.
    @Test func forgetsTheSmallestDebtFirst() {
        let policy = LimitPolicy(number: 0, name: "test", subject: .address, limit: Self.ten)
        var table = LimitTable(sets: 1)
        func key(_ number: Int) -> LimitKey { LimitKey(high: 0, low: UInt64(number)) }
        for number in 1...LimitTable.ways {
            for _ in 0..<(number == 3 ? 1 : 2) { table.charge(key(number), policy, in: 0, at: 0, [policy]) }
        }

        table.charge(key(100), policy, in: 0, at: 0, [policy])

        #expect(table.count == LimitTable.ways)
        let remaining = (1...LimitTable.ways).map { number in
            table.bucket(of: key(number), policy, in: 0, at: 0).remaining(Self.ten)
        }
        #expect(remaining == [8, 8, 10, 8, 8, 8, 8, 8])
        #expect(table.bucket(of: key(100), policy, in: 0, at: 0).remaining(Self.ten) == 9)
    }

    @Test func aFloodOfRefusalsIsLoggedInMeasure() throws {
        let fixture = LimitFixture(.login, .init(perAddress: RateLimit(checked: 1, seconds: 60, burst: 1)))

        for number in 0..<UInt32(1_000) { #expect(fixture.admitted(4, .login, LimitFixture.caller(number)) == 1) }

        #expect(fixture.limiter.refusals == ["login-address": 3_000])
        #expect(fixture.log.all.count == 60)
        fixture.clock.advance(seconds: 1)
        #expect(fixture.admitted(1, .login, LimitFixture.caller(0xFFFF)) == 1)
        #expect(fixture.admitted(1, .login, LimitFixture.caller(0xFFFF)) == 0)
        #expect(try #require(fixture.log.all.last).contains("omitted=940"))
    }
}
