import AlmanacKernel
import AlmanacMetrics
import Metrics
import Testing

/// What is counted and how it is shown.
struct PrometheusRegistryTests {
    private func read(_ registry: PrometheusRegistry, _ samples: [MetricSample] = []) throws -> PrometheusParser {
        try PrometheusParser(registry.text(with: samples))
    }

    @Test func showsWhatWasCounted() throws {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "lessons_total", dimensions: [("kind", "first")], factory: registry)
        counter.increment()
        counter.increment(by: 41)
        let meter = Meter(label: "open", factory: registry)
        meter.increment(by: 2.5)
        meter.decrement(by: 1)
        Gauge(label: "last", factory: registry).record(0.25)
        FloatingPointCounter(label: "fuel_total", factory: registry).increment(by: 1.5)

        let page = try self.read(registry)

        #expect(page.values["lessons_total{kind=\"first\"}"] == 42)
        #expect(page.kinds["lessons_total"] == "counter")
        #expect(page.values["open"] == 1.5)
        #expect(page.kinds["open"] == "gauge")
        #expect(page.values["last"] == 0.25)
        #expect(page.values["fuel_total"] == 1.5)
        #expect(page.kinds["fuel_total"] == "counter")
    }

    @Test func putsDurationsIntoBuckets() throws {
        let registry = PrometheusRegistry([MetricDefinition("took_seconds", "How long.", buckets: [0.01, 0.1])])
        let timer = Timer(label: "took_seconds", factory: registry)
        timer.recordNanoseconds(10_000_000)  // exactly the first bound, which belongs to the bucket
        timer.recordNanoseconds(10_000_001)
        timer.recordSeconds(5)

        let page = try self.read(registry)

        #expect(page.values["took_seconds_bucket{le=\"0.01\"}"] == 1)
        #expect(page.values["took_seconds_bucket{le=\"0.1\"}"] == 2)
        #expect(page.values["took_seconds_bucket{le=\"+Inf\"}"] == 3)
        #expect(page.values["took_seconds_count"] == 3)
        #expect(abs((page.values["took_seconds_sum"] ?? 0) - 5.020000001) < 1e-9)
    }

    @Test func escapesWhatLabelsHold() throws {
        let registry = PrometheusRegistry()
        let hostile = "a\"b\\c\nd} 1\n# TYPE x counter"
        Counter(label: "9 odd-näme", dimensions: [("1st label", hostile)], factory: registry).increment()

        let page = try self.read(registry)

        let line = #"_9_odd_n_me{_1st_label="a\"b\\c\nd} 1\n# TYPE x counter"}"#
        #expect(page.values[line] == 1, "\(page.values.keys)")
    }

    @Test func oneNameAndLabelsAreOneSeries() throws {
        let registry = PrometheusRegistry()
        for _ in 0..<3 {
            Counter(label: "x_total", dimensions: [("a", "1"), ("b", "2")], factory: registry).increment()
            Counter(label: "x_total", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        }
        #expect(try self.read(registry).values["x_total{a=\"1\",b=\"2\"}"] == 6)
    }

    @Test func neitherKindsNorNumbersOfSeriesGetOutOfHand() throws {
        let registry = PrometheusRegistry()
        Counter(label: "x_total", factory: registry).increment()
        Meter(label: "x_total", factory: registry).set(7)
        for index in 0..<PrometheusRegistry.seriesLimit + 5 {
            Counter(label: "many_total", dimensions: [("id", "\(index)")], factory: registry).increment()
        }

        let page = try self.read(registry)

        #expect(page.values["x_total"] == 1)
        #expect(page.values.keys.count { $0.hasPrefix("many_total{") } == PrometheusRegistry.seriesLimit)
        #expect(page.values["almanac_metrics_dropped_series_total"] == 6)
    }

    @Test func forgetsWhatIsDestroyed() throws {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "x_total", factory: registry)
        counter.increment()
        counter.destroy()
        #expect(try self.read(registry).values["x_total"] == nil)
    }

    @Test func losesNothingWhenManyCountAtOnce() async throws {
        let registry = PrometheusRegistry()
        let counter = Counter(label: "x_total", factory: registry)
        let meter = Meter(label: "level", factory: registry)
        let timer = Timer(label: "t_seconds", factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for index in 0..<5_000 {
                        counter.increment()
                        meter.increment(by: 1)
                        timer.recordNanoseconds(Int64(index) * 100_000)
                    }
                }
            }
        }
        let page = try self.read(registry)
        #expect(page.values["x_total"] == 40_000)
        #expect(page.values["level"] == 40_000)
        #expect(page.values["t_seconds_count"] == 40_000)
    }

    @Test func showsWhatItIsToldBesides() throws {
        let registry = PrometheusRegistry()
        let definition = MetricDefinition("pool", "Odd \\ help\nin two lines.")
        let page = try self.read(
            registry,
            [
                MetricSample(.gauge, definition, labels: [("state", "busy")], 2),
                MetricSample(.gauge, definition, labels: [("state", "idle")], .infinity),
            ] + ProcessSamples.now())

        #expect(page.values["pool{state=\"busy\"}"] == 2)
        #expect(page.values["pool{state=\"idle\"}"] == .infinity)
        #expect((page.values["process_resident_memory_bytes"] ?? 0) > 1_000_000)
        #expect((page.values["process_open_fds"] ?? 0) > 2)
        #expect((page.values["process_cpu_seconds_total"] ?? -1) >= 0)
        #expect((page.values["process_start_time_seconds"] ?? 0) > 1_700_000_000)
        #expect((page.values["process_max_fds"] ?? 0) > 10)
    }
}
