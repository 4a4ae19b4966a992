internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacTestKit

/// Bookings whose events two consumers handle meanwhile, beside bookings that nobody listens to.
struct ListeningBenchmark {
    let site: Site
    let options: Options

    /// The least that is left of the rate of bookings.
    private static let limit = 0.5

    func run() async throws -> Table {
        let alone = try await self.measure([])
        let heard = try await self.measure([ListeningPlugin.self])
        var table = Table(
            "Bookings with two consumers, \(self.site.storage.name), \(self.options.clients) clients, in process")
        let isMet = heard.throughput >= Self.limit * alone.load.rate && heard.load.refusals.isEmpty
        table.rows = [
            Row("bookings, with all that they cause", "\(Format.count(heard.throughput))/s")
                .beside(alone.load.rate, of: heard.throughput).limited("ratio ≥ \(Self.limit)", isMet: isMet),
            Row("bookings answered meanwhile", heard.load).beside(alone.load.rate, of: heard.load.rate),
            Row("bookings that nobody listens to", alone.load),
        ]
        table.notes = [
            "the first row counts the time in which the last deliveries were handled after the last booking",
            "deliveries handled after the last booking: \(Format.count(Double(heard.left)))",
        ]
        return table
    }

    private struct Outcome {
        let load: LoadResult
        /// Bookings a second until everything was delivered.
        let throughput: Double
        /// How many deliveries were left when the last booking was answered.
        let left: Int
    }

    private func measure(_ listeners: [any Plugin.Type]) async throws -> Outcome {
        try await ListeningPlatform.with(self.site, listeners) { try await self.book($0) }
    }

    private func book(_ platform: ListeningPlatform) async throws -> Outcome {
        let start = ContinuousClock.now
        let load = try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<BusSettings().hands {
                group.addTask { try await self.deliver(platform.runtime.bus) }
            }
            group.addTask { try await self.sequence(platform.runtime.bus.sequencer) }
            defer { group.cancelAll() }
            return try await self.load(platform)
        }
        let rest = try await Drain.run(platform.runtime)
        return Outcome(
            load: load, throughput: Double(load.latencies.count) / (ContinuousClock.now - start).inSeconds,
            left: rest.events)
    }

    /// Delivers until it is cancelled.
    private func deliver(_ bus: MessageBus) async throws {
        while !Task.isCancelled {
            // As a host that is woken behind each commit.
            if try await !bus.step().hasMore { try? await Task.sleep(for: .milliseconds(1)) }
        }
    }

    /// Gives events their positions until it is cancelled; a task of its own, as in a host, because there is always more
    /// to do while bookings are made.
    private func sequence(_ sequencer: EventSequencer) async throws {
        while !Task.isCancelled {
            try await sequencer.step()
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func load(_ platform: ListeningPlatform) async throws -> LoadResult {
        let requests = BookingRequests(self.site)
        let providers = self.site.quarterHour.providers
        return try await TaskLoad(
            tasks: self.options.clients, duration: .seconds(self.options.seconds), warmUp: .zero
        ).run { task in
            let index = task % providers.count
            guard let slot = self.site.diary.slot(of: index) else { return false }
            let client = platform.client(token: self.site.token(of: task))
            return await client.post("/api/v1/bookings", requests.body(slot, with: providers[index])).status == 201
        }
    }
}
