import AlmanacKernel
import AlmanacStorage
import Testing

struct RetryPolicyTests {
    /// Gives the same bits for ever.
    private struct Fixed: RandomSource {
        let bits: UInt64
        func next() -> UInt64 { self.bits }
    }

    private func pauses(_ policy: RetryPolicy, _ bits: UInt64) -> [Duration?] {
        (1...8).map { policy.pause(after: $0, random: Fixed(bits: bits)) }
    }

    @Test func pausesDoubleUpToTheLongestAndEndWithTheAttempts() {
        let policy = RetryPolicy(attempts: 7, firstPause: .seconds(10), longestPause: .seconds(100))
        #expect(
            self.pauses(policy, .max) == [10, 20, 40, 80, 100, 100].map { .seconds($0) } + [nil, nil])
        #expect(
            self.pauses(policy, 0) == [5, 10, 20, 40, 50, 50].map { .seconds($0) } + [nil, nil])
    }

    @Test func halfOfAPauseIsRandom() {
        let random = SeededRandom(seed: 7)
        let pauses = (0..<1_000).compactMap { _ in RetryPolicy.standard.pause(after: 1, random: random) }
        #expect(pauses.allSatisfy { $0 >= .seconds(5) && $0 <= .seconds(10) })
        #expect(Set(pauses).count > 990)
    }

    @Test func whatMakesNoSenseIsBroughtIntoRange() {
        let policy = RetryPolicy(attempts: -4, firstPause: .seconds(-1), longestPause: .seconds(-9))
        #expect(policy.attempts == 1)
        #expect(policy.firstPause == .milliseconds(1))
        #expect(policy.longestPause == .milliseconds(1))
        #expect(policy.pause(after: 1, random: SeededRandom(seed: 1)) == nil)
        let endless = RetryPolicy(attempts: .max, firstPause: .seconds(Int64.max), longestPause: .seconds(Int64.max))
        #expect(endless.pause(after: .max - 1, random: Fixed(bits: .max)) == .seconds(366 * 86_400))
        #expect(RetryPolicy.never.pause(after: 1, random: SeededRandom(seed: 1)) == nil)
    }
}
