import Synchronization
import Testing

@testable import AlmanacStorage

/// Who asks the server, who waits meanwhile, and who waits no longer; by a clock of the test's own.
struct PostgresPulseTests {
    private final class Time: Sendable {
        let now = Mutex<UInt64>(10_000)
        func pass(_ milliseconds: UInt64) { self.now.withLock { $0 += milliseconds * 1_000_000 } }
    }

    private let time = Time()
    private let pulse: PostgresPulse

    init() {
        let time = self.time
        self.pulse = PostgresPulse(patience: .milliseconds(750)) { time.now.withLock { $0 } }
    }

    @Test
    func nobodyAsksWhileSomebodyHearsSomething() {
        let start = self.pulse.now
        #expect(self.pulse.advice(silentSince: start) == .wait(750_000_000))
        self.time.pass(700)
        self.pulse.heard()
        self.time.pass(700)
        #expect(self.pulse.advice(silentSince: start) == .wait(50_000_000))
    }

    @Test
    func oneAsksAndAllGoOnWaitingWhenItIsAnswered() {
        let start = self.pulse.now
        self.time.pass(750)
        #expect(self.pulse.advice(silentSince: start) == .probe)
        #expect(self.pulse.advice(silentSince: start) == .wait(20_000_000))
        self.pulse.probed(answered: true)
        #expect(self.pulse.advice(silentSince: start) == .wait(750_000_000))
        #expect(self.pulse.adviceToBegin(isConnecting: true) == .wait(0))
    }

    @Test
    func allGiveUpWhenItIsNotAnsweredAndOneAsksAgainLater() {
        let start = self.pulse.now
        self.time.pass(750)
        #expect(self.pulse.advice(silentSince: start) == .probe)
        #expect(self.pulse.adviceToBegin(isConnecting: false) == .wait(0))
        self.time.pass(750)
        self.pulse.probed(answered: false)
        #expect(self.pulse.advice(silentSince: start) == .giveUp)
        for isConnecting in [false, true] {
            #expect(self.pulse.adviceToBegin(isConnecting: isConnecting) == .giveUp)
        }

        self.time.pass(750)
        #expect(self.pulse.adviceToBegin(isConnecting: false) == .probe)
        #expect(self.pulse.adviceToBegin(isConnecting: false) == .giveUp)
        self.pulse.probed(answered: true)
        #expect(self.pulse.adviceToBegin(isConnecting: false) == .wait(0))
    }

    @Test
    func whoeverConnectsAfterALongSilenceAsksFirst() {
        #expect(self.pulse.adviceToBegin(isConnecting: true) == .probe)
        #expect(self.pulse.adviceToBegin(isConnecting: true) == .wait(20_000_000))
        self.pulse.probed(answered: true)
        self.time.pass(749)
        #expect(self.pulse.adviceToBegin(isConnecting: true) == .wait(0))
        self.time.pass(1)
        #expect(self.pulse.adviceToBegin(isConnecting: true) == .probe)
    }

    @Test
    func withoutALimitNobodyIsAsked() {
        let time = self.time
        let pulse = PostgresPulse(patience: .zero) { time.now.withLock { $0 } }
        let start = pulse.now
        time.pass(1_000_000)
        #expect(pulse.advice(silentSince: start) == .wait(.max))
        #expect(pulse.adviceToBegin(isConnecting: true) == .wait(0))
    }
}
