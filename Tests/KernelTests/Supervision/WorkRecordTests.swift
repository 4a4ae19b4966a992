import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// How often and how soon work is begun again, and when it counts as healthy or as lost.
struct WorkRecordTests {
    private struct Broken: Error {}

    private let clock = ManualClock(TestClock.start)
    private let random = SeededRandom(seed: 7)

    private func failure(_ error: any Error = Broken()) -> WorkFailure { WorkFailure(error, at: self.clock.now) }

    private func record(limit: Int? = 3) -> WorkRecord {
        var record = WorkRecord(RestartPolicy(limit: limit), isEssential: false, at: self.clock.now)
        record.begin(at: self.clock.now)
        return record
    }

    @Test
    func pausesDoubleUpToTheLongestAndDiffer() {
        let policy = RestartPolicy(firstPause: .seconds(1), longestPause: .seconds(60))
        for (failures, whole) in [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (40, 60), (Int.max, 60)] {
            let pauses = (0..<50).map { _ in policy.pause(after: failures, random: self.random) }
            #expect(pauses.allSatisfy { $0 >= .seconds(whole) / 2 && $0 <= .seconds(whole) }, "\(failures)")
            #expect(Set(pauses).count > 40, "\(failures)")
        }
        let none = RestartPolicy(firstPause: .zero, longestPause: .zero)
        #expect(none.pause(after: 5, random: self.random) == .zero)
    }

    @Test
    func workIsGivenUpAfterTooManyRestartsWithinTheWindow() {
        var record = self.record()
        for _ in 0..<3 {
            guard case .retry = record.fail(self.failure(), random: self.random) else {
                Issue.record("given up too early")
                return
            }
            #expect(record.state == .retrying)
            self.clock.advance(seconds: 10)
            record.begin(at: self.clock.now)
        }
        #expect(record.restarts == 3)
        #expect(record.fail(self.failure(), random: self.random) == .giveUp)
        #expect(record.state == .failed)
        #expect(record.since == self.clock.now)
    }

    @Test
    func failuresBeforeTheWindowDoNotCount() {
        var record = self.record()
        for _ in 0..<20 {
            #expect(record.fail(self.failure(), random: self.random) != .giveUp)
            record.begin(at: self.clock.now)
            // Four in a window of 900 seconds would be too many; a recovery needs 120.
            self.clock.advance(seconds: 119)
            _ = record.fail(self.failure(StorageError(.unavailable, "gone")), random: self.random)
            self.clock.advance(seconds: 190)
            record.begin(at: self.clock.now)
        }
    }

    @Test
    func aSuccessForgetsFailures() {
        var record = self.record()
        for _ in 0..<10 {
            #expect(record.fail(self.failure(), random: self.random) != .giveUp)
            self.clock.advance(seconds: 1)
            record.begin(at: self.clock.now)
            record.succeed(at: self.clock.now)
            #expect(record.state == .running)
            #expect(record.since == self.clock.now)
        }
        #expect(record.lastFailure?.code == "error")
    }

    @Test
    func runningForTheTimeOfRecoveryForgetsFailures() {
        var record = self.record()
        _ = record.fail(self.failure(), random: self.random)
        self.clock.advance(seconds: 1)
        record.begin(at: self.clock.now)
        let healthy = self.clock.now.adding(seconds: 120)

        self.clock.advance(seconds: 119)
        record.settle(at: self.clock.now)
        #expect(record.state == .retrying)

        self.clock.advance(seconds: 60)
        record.settle(at: self.clock.now)
        #expect(record.state == .running)
        #expect(record.since == healthy)
        guard case .retry(let pause) = record.fail(self.failure(), random: self.random) else {
            Issue.record("given up")
            return
        }
        #expect(pause <= .seconds(1))
    }

    @Test
    func nothingIsGivenUpBecauseTheDatabaseIsGone() {
        var record = self.record()
        for code: StorageError.Code in [
            .unavailable, .outcomeUnknown, .full, .locked, .timeout, .serialization, .readOnly,
        ] {
            for _ in 0..<10 {
                let verdict = record.fail(self.failure(StorageError(code, "gone")), random: self.random)
                #expect(verdict != .giveUp)
                record.begin(at: self.clock.now)
            }
        }
        #expect(record.state == .retrying)
    }

    @Test
    func whatIsUselessToRepeatIsGivenUpAtOnce() {
        var record = self.record(limit: nil)
        #expect(record.fail(self.failure(WorkStuck(limit: .seconds(1))), random: self.random) == .giveUp)
        #expect(record.state == .failed)
    }

    @Test
    func wordsOfOthersAreNotShown() {
        struct Leaky: Error, CustomStringConvertible { let description = "https://example.org/?token=hunter2" }
        let refusal = Refusal(.conflict, "slot_taken", "anna@example.org has taken it")
        let storage = StorageError(.uniqueViolation, "INSERT INTO person VALUES ('anna')")
        for error: any Error in [Leaky(), refusal, storage] {
            let failure = self.failure(error)
            let shown = "\(failure.code) \(failure.message)"
            #expect(!shown.contains("hunter2") && !shown.contains("anna"), "\(shown)")
        }
        #expect(self.failure(refusal).code == "slot_taken")
        #expect(self.failure(storage).code == "database_unique_violation")
        #expect(self.failure(Leaky()).message == "it threw Leaky")
    }
}
