import AlmanacMetrics
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What deliveries of events leave behind in the metrics.
struct DeliveryMetricsTests {
    private struct Rang: DomainEvent {
        static let wire = WireName("bell.rang", version: 1)
        let strokes: Int
    }

    private struct Bell: Plugin {
        static let id: PluginID = "bell"
        static let declaration = Declaration(id: Self.id, version: "1.0.0", summary: "Rings", events: [Rang.self])

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions {
            On<Rang>("count", retries: RetryPolicy(attempts: 2, firstPause: .seconds(10))) { event, _ in
                if event.strokes > 12 { throw DeliveryFailure("no clock strikes so often") }
            }
        }

        static let ring = Command<Int, Void>("bell.ring", .everyone) { strokes, _, tx in
            try tx.emit(Rang(strokes: strokes))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func countsDeliveriesByConsumerAndOutcome(_ engine: TestEngine) async throws {
        let registry = PrometheusRegistry()
        var setup = TestPlatform.Setup()
        setup.bus.metrics = registry
        try await withPlatform(engine, plugins: [Bell.self], setup: setup) { platform in
            for strokes in [1, 2, 13] {
                try await platform.run(Bell.ring, of: Bell.id, strokes, as: .customer, in: .north)
            }
            platform.clock.advance(seconds: 3)
            try await platform.deliverEvents()
            let first = try PrometheusParser(registry.text())
            platform.clock.advance(seconds: 60)
            try await platform.deliverEvents()
            let second = try PrometheusParser(registry.text())

            func deliveries(_ page: PrometheusParser, _ outcome: String) -> Double? {
                page.values["almanac_deliveries_total{consumer=\"bell.count\",outcome=\"\(outcome)\"}"]
            }
            #expect(deliveries(first, "handled") == 2)
            #expect(deliveries(first, "retried") == 1)
            #expect(deliveries(first, "dead") == 0)
            #expect(deliveries(second, "handled") == 2)
            #expect(deliveries(second, "dead") == 1)
            let delays = "almanac_delivery_delay_seconds"
            #expect(second.values["\(delays)_count{consumer=\"bell.count\"}"] == 2)
            #expect(second.values["\(delays)_sum{consumer=\"bell.count\"}"] == 6)
        }
    }
}
