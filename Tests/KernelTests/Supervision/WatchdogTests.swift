import AlmanacStorage
import AlmanacTestKit
import Synchronization
import Testing

@testable import AlmanacKernel

/// What does not come back is noticed after so many seconds, each of which is a tick.
struct WatchdogTests {
    private func alarm(_ watchdog: Watchdog, within ticks: Int, limit: Int = 10) -> Watchdog.Alarm? {
        for _ in 0..<ticks { if let alarm = watchdog.tick(limit: limit) { return alarm } }
        return nil
    }

    @Test
    func nothingIsWrongWhileHeartbeatsComeBack() {
        let watchdog = Watchdog()
        let beats = Mutex(0)
        watchdog.watch("a way") { arrived in
            beats.withLock { $0 += 1 }
            arrived()
        }
        #expect(self.alarm(watchdog, within: 1_000) == nil)
        #expect(beats.withLock { $0 } > 100)
    }

    @Test
    func aHeartbeatThatDoesNotComeBackIsNoticedOnce() {
        let watchdog = Watchdog()
        let sent = Mutex(0)
        watchdog.watch("a good way") { $0() }
        watchdog.watch("a bad way") { _ in sent.withLock { $0 += 1 } }
        let alarm = self.alarm(watchdog, within: 12)
        #expect(alarm == Watchdog.Alarm(what: "the heartbeat of a bad way", seconds: 10))
        // One is on the way and no other follows it.
        #expect(sent.withLock { $0 } == 1)
        #expect(self.alarm(watchdog, within: 100) == nil)
    }

    @Test
    func aHeartbeatThatIsLateIsForgiven() {
        let watchdog = Watchdog()
        let late = Mutex<[@Sendable () -> Void]>([])
        watchdog.watch("a slow way") { arrived in late.withLock { $0.append(arrived) } }
        for _ in 0..<20 {
            #expect(self.alarm(watchdog, within: 9) == nil)
            for arrived in late.withLock({ all in
                defer { all = [] }
                return all
            }) { arrived() }
        }
    }

    /// Work that blocks a thread is noticed though all heartbeats come back; work that awaits is not.
    @Test
    func workThatHoldsAThreadIsNoticedAndWorkThatAwaitsIsNot() async throws {
        let supervisor = Supervisor(
            plugins: ["market"], clock: ManualClock(TestClock.start), random: SeededRandom(seed: 1),
            logger: SilentLog.logger)
        let (blocks, released, awaits, goesOn) = (TestSignal(), TestSignal(), TestSignal(), TestSignal())
        let blocking = Task {
            try await supervisor.limit(.seconds(600), WorkName("tidy", of: "market")).run {
                blocks.send()
                released.wait()
            }
        }
        let awaiting = Task {
            try await supervisor.limit(.seconds(600), WorkName("call", of: "market")).run {
                awaits.send()
                await goesOn.arrives()
            }
        }
        await blocks.arrives()
        await awaits.arrives()
        // What awaits gives its thread back right after that.
        while supervisor.watchdog.waitingFor != ["background work market.tidy"] { await Task.yield() }
        let alarm = self.alarm(supervisor.watchdog, within: 12)
        #expect(alarm == Watchdog.Alarm(what: "background work market.tidy", seconds: 10))
        released.send()
        goesOn.send()
        try await blocking.value
        try await awaiting.value
    }

    @Test
    func workThatAwaitsHoldsNothing() async throws {
        let supervisor = Supervisor(
            plugins: ["market"], clock: ManualClock(TestClock.start), random: SeededRandom(seed: 1),
            logger: SilentLog.logger)
        let (awaits, goesOn) = (TestSignal(), TestSignal())
        let awaiting = Task {
            try await supervisor.limit(.seconds(600), WorkName("call", of: "market")).run {
                awaits.send()
                await goesOn.arrives()
            }
        }
        await awaits.arrives()
        // The thread is given back right after that.
        while !supervisor.watchdog.waitingFor.isEmpty { await Task.yield() }
        #expect(self.alarm(supervisor.watchdog, within: 1_000) == nil)
        goesOn.send()
        try await awaiting.value
    }

    @Test(arguments: TestEngine.allCases)
    func heartbeatsGoThroughThePoolAndTheWriter(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let watchdog = platform.runtime.supervisor.watchdog
            platform.runtime.watchHeartbeats()
            #expect(watchdog.tick(limit: 6) == nil)
            while !watchdog.waitingFor.isEmpty { await Task.yield() }

            guard engine == .sqlite else { return }
            let (holds, released) = (TestSignal(), TestSignal())
            let writing = Task {
                try await platform.runtime.database.write(in: .system(SystemScope("hold the writer"))) { _ in
                    holds.send()
                    released.wait()
                }
            }
            await holds.arrives()
            var alarm: Watchdog.Alarm?
            for _ in 0..<20 where alarm == nil {
                alarm = watchdog.tick(limit: 6)
                while watchdog.waitingFor.contains("the heartbeat of the cooperative pool") { await Task.yield() }
            }
            #expect(alarm?.what == "the heartbeat of the storage writer")
            released.send()
            try await writing.value
        }
    }
}
