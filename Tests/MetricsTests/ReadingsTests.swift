import AlmanacKernel
import AlmanacMetrics
import Metrics
import Testing

/// What is measured as people read it, in the console.
struct ReadingsTests {
    private func only(_ registry: PrometheusRegistry, _ name: String) throws -> MetricReading {
        let found = registry.readings().filter { $0.name == name }
        #expect(found.count == 1)
        return try #require(found.first)
    }

    @Test func everyKindIsReadWithItsLabels() throws {
        let registry = PrometheusRegistry([MetricDefinition("took_seconds", "How long.", buckets: [0.01, 0.1])])
        Counter(label: "lessons_total", dimensions: [("kind", "first"), ("place", "indoors")], factory: registry)
            .increment(by: 42)
        Meter(label: "open", factory: registry).set(1.5)
        let timer = Timer(label: "took_seconds", dimensions: [("route", "/a")], factory: registry)
        timer.recordNanoseconds(20_000_000)
        timer.recordSeconds(3)

        let counter = try self.only(registry, "lessons_total")
        #expect(counter.value == 42)
        #expect(counter.labels == ["kind": "first", "place": "indoors"])
        #expect(counter.sum == nil)
        let gauge = try self.only(registry, "open")
        #expect(gauge.value == 1.5 && gauge.labels.isEmpty)
        let histogram = try self.only(registry, "took_seconds")
        #expect(histogram.help == "How long.")
        #expect(histogram.value == 2)
        #expect(abs((histogram.sum ?? 0) - 3.02) < 1e-9)
        #expect(histogram.labels == ["route": "/a"])
    }

    /// What stands in a label comes back as it was, whatever Prometheus' text makes of it meanwhile.
    @Test(arguments: ["plain", "a\"b", "back\\slash", "two\nlines", "\\n", "a=\"b\",c=\"d\"", "}", "", "näme"])
    func labelsComeBackAsTheyWere(value: String) throws {
        let registry = PrometheusRegistry()
        Counter(label: "x_total", dimensions: [("first", value), ("second", "2")], factory: registry).increment()
        #expect(try self.only(registry, "x_total").labels == ["first": value, "second": "2"])
    }

    @Test func samplesStandBesideAndNeverInPlaceOfWhatIsCounted() throws {
        let registry = PrometheusRegistry()
        Meter(label: KernelMetrics.passwordQueue.name, factory: registry).set(4)
        let samples = [
            MetricSample(.gauge, KernelMetrics.passwordQueue, 9), MetricSample(.gauge, KernelMetrics.sqliteQueue, 3),
        ]
        let readings = registry.readings(with: samples)
        let queue = readings.filter { $0.name == KernelMetrics.passwordQueue.name }
        #expect(queue.map(\.value) == [4])
        let other = readings.filter { $0.name == KernelMetrics.sqliteQueue.name }
        #expect(other.map(\.value) == [3])
        #expect(other.first?.help == KernelMetrics.sqliteQueue.help)
    }
}
