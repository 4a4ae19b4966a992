internal import AlmanacTestKit

/// From the start of the program to its first answer, beside a start that does nothing.
struct StartBenchmark {
    let site: Site

    func run() async throws -> Table {
        var starts: [Double] = []
        var bare: [Double] = []
        for _ in 0..<7 {
            starts.append(try await self.start())
            bare.append(try await self.version())
        }
        let (samples, ceiling) = (Samples(starts), Samples(bare))
        var table = Table("Start, \(self.site.storage.name)")
        var row = Row("start to first answer", Format.duration(samples.median))
        row.p50 = Format.duration(samples.median)
        row.p99 = Format.duration(samples.percentile(100))
        row.ceiling = Format.duration(ceiling.median)
        row.ratio = Format.fixed(ceiling.median / samples.median, 2)
        table.rows = [row.limited("≤ 500 ms", isMet: samples.median <= 500_000)]
        table.notes = [
            "\(samples.count) starts on a filled database; p99 is the slowest; ceiling: `almanac version`, start to end"
        ]
        return table
    }

    /// Microseconds from the start until /health/ready answers 200.
    private func start() async throws -> Double {
        let begin = ContinuousClock.now
        return try await self.site.program.serve { server in
            while try await server.client.get("/health/ready").status != 200 {
                guard ContinuousClock.now - begin < .seconds(30) else {
                    throw TestKitError("the server is not ready after 30 seconds: \(server.errors)")
                }
            }
            return Double((ContinuousClock.now - begin).nanoseconds) / 1_000
        }
    }

    private func version() async throws -> Double {
        let begin = ContinuousClock.now
        let result = try await self.site.program.run(["version"])
        guard result.exitCode == 0 else { throw TestKitError("almanac version failed: \(result)") }
        return Double((ContinuousClock.now - begin).nanoseconds) / 1_000
    }
}
