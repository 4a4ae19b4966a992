internal import AlmanacTestKit

/// How long the engine takes by itself: no database, no HTTP.
struct EngineBenchmark {
    let seconds: Int

    func run() throws -> Table {
        var table = Table("Slot engine alone")
        table.rows.append(try self.measure(providers: 1, days: 28, limit: 20, &table.notes))
        table.rows.append(try self.measure(providers: 50, days: 30, limit: 300, &table.notes))
        table.rows.append(try self.measure(providers: 500, days: 365, limit: 60_000, &table.notes))
        return table
    }

    private func measure(providers: Int, days: Int, limit: Double, _ notes: inout [String]) throws -> Row {
        let workload = try EngineWorkload(providers: providers, days: days)
        let slots = workload.run()
        guard slots > 0 else { throw TestKitError("the engine offers nothing: there is nothing to measure") }
        let samples = self.samples { workload.run() == slots }
        let figure = "\(providers) × \(days) days"
        notes.append("\(figure): \(slots) starts offered, \(samples.count) runs")
        var row = Row(figure, Format.duration(samples.median))
        row.p50 = Format.duration(samples.median)
        row.p99 = Format.duration(samples.percentile(99))
        return row.limited("≤ \(Format.duration(limit))", isMet: samples.median <= limit)
    }

    /// Times each run for a few seconds, after a tenth of that time to warm up.
    private func samples(_ run: () -> Bool) -> Samples {
        let length = Duration.seconds(min(self.seconds, 3))
        let begin = ContinuousClock.now + length / 10
        let end = begin + length
        var durations: [Int64] = []
        var now = ContinuousClock.now
        while now < end {
            let start = now
            let isRight = run()
            now = ContinuousClock.now
            if start >= begin, isRight { durations.append((now - start).nanoseconds) }
        }
        return Samples(nanoseconds: durations)
    }
}
