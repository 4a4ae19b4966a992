internal import Logging
internal import ServiceLifecycle

/// Delivers events for as long as the host runs: loops around the steps of a ``MessageBus``.
struct MessageBusService: Service {
    private static let penance = Duration.seconds(5)
    private static let upkeepPause = Duration.seconds(30)
    /// A walk through all events begins once in so many rounds of upkeep: every hour.
    private static let roundsPerWalk = 120
    /// How long a walk rests between two steps, so that it does not take SQLite's one writer for itself.
    private static let breath = Duration.milliseconds(50)

    /// How long giving positions rests after a step, so that events of a moment get theirs together.
    private static let lull = Duration.milliseconds(10)

    private let bus: MessageBus
    private let report: WorkReport
    private let logger: Logger

    init(_ bus: MessageBus, _ report: WorkReport, _ logger: Logger) {
        self.bus = bus
        self.report = report
        self.logger = logger
    }

    /// Runs until graceful shutdown; what is being handled then is finished, the rest is given back.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.tick() }
                group.addTask { await self.beat() }
                group.addTask { await self.sequence() }
                group.addTask { await self.keepUp() }
                await self.deliver()
                group.cancelAll()
            }
        }
    }

    private func deliver() async {
        while !Task.isCancelled {
            do {
                try await self.bus.prepare()
                break
            } catch {
                await self.rest(after: error)
            }
        }
        let hands = DeliveryHands(count: max(self.bus.settings.hands, 1))
        await withDiscardingTaskGroup { group in
            for await _ in self.bus.signal.wakes where hands.take() {
                group.addTask {
                    repeat { await self.deliverWhatIsDue() } while hands.letGo()
                }
            }
        }
    }

    private func deliverWhatIsDue() async {
        do {
            while !Task.isCancelled, try await self.bus.step().hasMore {}
            self.report.succeeded()
        } catch {
            await self.rest(after: error)
        }
    }

    private func rest(after error: any Error) async {
        guard !Task.isCancelled else { return }
        self.report.failed(error)
        self.logger.warning("events cannot be delivered", metadata: ["error": "\(error)"])
        try? await Task.sleep(for: Self.penance)
    }

    /// Lets the loop look for what other hosts have emitted, and for what is to be tried again.
    private func tick() async {
        while (try? await Task.sleep(for: self.bus.settings.poll)) != nil {
            self.bus.signal.wake()
            self.bus.signal.emitted()
        }
    }

    private func sequence() async {
        for await _ in self.bus.signal.emissions {
            do {
                try await self.bus.sequencer.catchUp()
                try await Task.sleep(for: Self.lull)
            } catch is CancellationError {
                return
            } catch {
                await self.rest(after: error)
            }
        }
    }

    private func beat() async {
        while (try? await Task.sleep(for: self.bus.settings.lease / 3)) != nil {
            do {
                try await self.bus.heartbeat()
            } catch {
                self.logger.warning("leases of events cannot be extended", metadata: ["error": "\(error)"])
            }
        }
    }

    private func keepUp() async {
        var round = 0
        while (try? await Task.sleep(for: Self.upkeepPause)) != nil {
            do {
                if try await self.bus.wakeUnreadable() > 0 { self.bus.signal.wake() }
                if round.isMultiple(of: Self.roundsPerWalk) { try await self.prune() }
            } catch {
                self.logger.warning("what is left of events cannot be put in order", metadata: ["error": "\(error)"])
            }
            round += 1
        }
    }

    private func prune() async throws {
        var place: EventPruner.Place? = .beginning
        while let from = place, !Task.isCancelled {
            place = try await self.bus.pruner.step(from: from).next
            try? await Task.sleep(for: Self.breath)
        }
    }
}
