internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation

/// How many signals a second go from one publisher to several subscribers that read them: no database, no HTTP.
struct SignalsBenchmark {
    private struct Tick: Signal {
        static let name = "bench.tick"
        let number: Int
    }

    /// How long each number of subscribers is measured.
    let seconds: Int

    /// Measures; the ceiling is one subscriber.
    func run() async -> Table {
        var table = Table("Signals in process")
        var single = 0.0
        for subscribers in [1, 4, 16, 64] {
            let (perSecond, dropped) = await self.measure(subscribers)
            if subscribers == 1 { single = perSecond }
            var row = Row("\(subscribers) subscribers, handed over", "\(Int(perSecond))/s")
            row.ceiling = "\(Int(single))/s"
            row.ratio = String(format: "%.2f", perSecond / max(single, 1))
            table.rows.append(row)
            table.notes.append("\(subscribers) subscribers: \(dropped) of what was published was dropped as too old")
        }
        return table
    }

    /// How many signals a second subscribers were handed, and the share of those that were dropped again.
    private func measure(_ subscribers: Int) async -> (perSecond: Double, dropped: String) {
        let signals = Signals()
        let organization = OrganizationID(high: 1, low: 1)
        let readers = (0..<subscribers).map { _ in
            let stream = signals.subscribe(to: Tick.self, in: organization)
            return Task {
                var sum = 0
                for await tick in stream { sum &+= tick.number }
                return sum
            }
        }
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .seconds(self.seconds)
        var number = 0
        while clock.now < end {
            for _ in 0..<1_000 {
                signals.publish(Tick(number: number), in: organization)
                number += 1
            }
            // The readers have their turn.
            await Task.yield()
        }
        let took = start.duration(to: clock.now)
        for reader in readers { reader.cancel() }
        for reader in readers { _ = await reader.value }
        let counts = signals.counts["bench.tick"]
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        let delivered = Double(counts?.delivered ?? 0)
        let share = Double(counts?.dropped ?? 0) / max(delivered, 1)
        return (delivered / seconds, String(format: "%.0f %%", share * 100))
    }
}
