internal import AlmanacStorage
internal import Testing

struct RandomAndClockTests {
    /// The first values of the reference implementation for seed 1234567.
    @Test func seededRandomIsSplitMix64() {
        let random = SeededRandom(seed: 1_234_567)
        let words = (0..<3).map { _ in random.next() }
        #expect(words == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test(arguments: [(-1, 0), (0, 0), (1, 1), (8, 8), (13, 13)])
    func asManyBytesComeAsAreAskedFor(count: Int, expected: Int) {
        #expect(SeededRandom(seed: 1).bytes(count).count == expected)
        #expect(SystemRandom().bytes(count).count == expected)
    }

    @Test func systemRandomDoesNotRepeat() {
        let words = Set((0..<1_000).map { _ in SystemRandom().next() })
        #expect(words.count == 1_000)
    }

    @Test func aManualClockStandsUntilItIsMoved() {
        let clock = ManualClock(Instant(seconds: 100))
        #expect(clock.now == Instant(seconds: 100))
        #expect(clock.advance(minutes: 1, seconds: 2, microseconds: 3) == Instant(microseconds: 162_000_003))
        #expect(clock.advance(seconds: -2) == clock.now)
        clock.set(Instant(seconds: 5))
        #expect(clock.now == Instant(seconds: 5))
    }

    @Test func theSystemClockShowsThisAge() throws {
        let start = try #require(Instant(rfc3339: "2026-01-01T00:00:00Z"))
        let now = SystemClock().now
        #expect(now > start)
        #expect(now < .distantFuture)
    }
}
