import AlmanacKernel
import AlmanacMetrics
import AlmanacStorage
import AlmanacTestKit
import Synchronization
import Testing

/// What transactions leave behind in the metrics.
struct MeasuredEngineTests {
    private struct Wrong: Error {}

    @Test(arguments: TestEngine.allCases)
    func countsTransactionsByKindAndOutcome(_ kind: TestEngine) async throws {
        try await withTestDatabase(kind, migrations: [KernelSchema.history]) { test in
            let registry = PrometheusRegistry()
            let time = Mutex<Int64>(0)
            let engine = MeasuredEngine(
                test.engine, registry,
                time: MonotonicTime {
                    time.withLock { time in
                        time += 1_000_000
                        return time
                    }
                })
            let database = Database(engine: engine, namespace: .kernel, clock: test.clock, ids: test.ids)
            let scope = Scope.system(SystemScope("test"))

            try await database.write(in: scope) { _ in }
            try await database.read(in: scope) { _ in }
            await #expect(throws: Wrong.self) { try await database.write(in: scope) { _ in throw Wrong() } }
            await #expect(throws: (any Error).self) {
                try await database.write(in: scope) { tx in try tx.execute("SELECT nonsense FROM nowhere") }
            }

            let page = try PrometheusParser(registry.text(with: MetricSample.samples(of: test.engine)))
            func transactions(_ kind: String, _ outcome: String) -> Double? {
                page.values["almanac_database_transactions_total{kind=\"\(kind)\",outcome=\"\(outcome)\"}"]
            }
            #expect(transactions("write", "done") == 1)
            #expect(transactions("write", "refused") == 1)
            #expect(transactions("write", "failed") == 1)
            #expect(transactions("read", "done") == 1)
            #expect(page.values["almanac_database_errors_total{code=\"statement\"}"] == 1)
            // Asked, begun and ended are a millisecond apart each.
            #expect(page.values["almanac_database_wait_seconds_sum{kind=\"read\"}"] == 0.001)
            #expect(page.values["almanac_database_transaction_duration_seconds_sum{kind=\"read\"}"] == 0.002)
            switch kind {
            case .sqlite: #expect((page.values["almanac_sqlite_group_transactions_total"] ?? 0) >= 1)
            case .postgres: #expect(page.values["almanac_postgres_connections{state=\"busy\"}"] == 0)
            }
        }
    }
}
