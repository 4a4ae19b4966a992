internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacTestKit

/// A large backlog, drained with settings as they are served: how fast, and in how much memory.
struct BacklogBenchmark {
    let place: EventsPlace
    /// How many deliveries wait.
    let count: Int

    /// How many events one transaction emits while the backlog is made.
    private static let burst = 1_000
    private static let limit = 150

    func run() async throws -> Table {
        try await self.place.with { engine, roles in
            let runtime = try await TickingPlugin.runtime(engine, roles, BusSettings())
            let call = try await TickingPlugin.establish(runtime)
            try await self.fill(runtime, call)
            let before = ResidentMemory.bytes()
            let drained = try await Drain.run(runtime)
            guard drained.events == self.count else {
                throw TestKitError("\(drained.events) of \(self.count) events were delivered")
            }
            var table = Table("A backlog of \(Format.count(Double(self.count))) deliveries on \(self.place.name)")
            let megabytes = Double(drained.memory) / 1_048_576
            table.rows = [
                Row("resident memory while it is drained", Format.mebibytes(drained.memory)).limited(
                    "≤ \(Self.limit) MB", isMet: megabytes <= Double(Self.limit)),
                Row("drained", "\(Format.count(Double(drained.events) / drained.seconds))/s"),
            ]
            table.notes = [
                "before: \(Format.mebibytes(before)); by one host with settings as they are served",
                "each delivery is a transaction with a row in the inbox and one of the handler's",
            ]
            return table
        }
    }

    private func fill(_ runtime: Runtime, _ call: Call) async throws {
        let bursts = (self.count + Self.burst - 1) / Self.burst
        for burst in 0..<bursts {
            let first = burst * Self.burst
            let events = (first..<min(first + Self.burst, self.count)).map {
                Ticked(clock: "clock-\($0 % TickingPlugin.clocks)", tick: $0)
            }
            try await runtime.invoker.run(TickingPlugin.tickOften, of: TickingPlugin.id, events, as: call)
        }
    }
}
