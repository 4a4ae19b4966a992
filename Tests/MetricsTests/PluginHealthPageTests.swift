import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacMetrics

/// Who sees how the plugins are doing, and what they see.
struct PluginHealthPageTests {
    private struct Broken: Error {}

    private func page() -> PluginHealthPage {
        let clock = ManualClock(TestClock.start)
        let supervisor = Supervisor(
            plugins: ["market", "lessons"], clock: clock, random: SeededRandom(seed: 1), logger: SilentLog.logger)
        supervisor.fail(item: "1", of: WorkName("on.booking", of: "market"), Broken())
        return PluginHealthPage(token: Secret("0123456789abcdef")) { supervisor.statuses }
    }

    private func request(_ authorization: String?) -> APIRequest {
        APIRequest(
            method: "GET", path: "/health/plugins", query: nil,
            headers: authorization.map { [(name: "authorization", value: $0)] } ?? [], body: [], address: nil)
    }

    @Test(arguments: [
        nil, "Bearer", "Bearer ", "Bearer 0123456789abcde", "Bearer 0123456789abcdeX", "Basic 0123456789abcdef",
    ])
    func strangersLearnNothing(_ authorization: String?) {
        let answer = self.page().respond(to: self.request(authorization))
        #expect(answer.status == 401)
        let body = String(decoding: answer.body, as: UTF8.self)
        #expect(!body.contains("market") && !body.contains("lessons") && !body.contains("retrying"))
    }

    @Test
    func whoeverWatchesSeesEachPlugin() throws {
        let answer = self.page().respond(to: self.request("Bearer 0123456789abcdef"))
        #expect(answer.status == 200)
        #expect(answer.headers.contains { $0.name == "cache-control" && $0.value == "no-store" })
        let page = try JSON(parsing: answer.body)
        #expect(page["status"]?.string == "degraded")
        let plugins = try #require(page["plugins"]?.array)
        #expect(plugins.map { $0["id"]?.string } == ["kernel", "market", "lessons"])
        #expect(plugins.map { $0["state"]?.string } == ["running", "retrying", "running"])
        #expect(plugins[1]["lastError"]?["code"]?.string == "error")
        #expect(plugins[1]["lastError"]?["message"]?.string == "it threw Broken")
        #expect(plugins[1]["work"]?.array?.first?["name"]?.string == "on.booking")
        #expect(plugins[0]["lastError"] == .null)
    }

    @Test
    func metricsTellTheSame() {
        let clock = ManualClock(TestClock.start)
        let supervisor = Supervisor(
            plugins: ["market"], clock: clock, random: SeededRandom(seed: 1), logger: SilentLog.logger)
        supervisor.fail(item: "1", of: WorkName("on.booking", of: "market"), Broken())
        let registry = PrometheusRegistry()
        let text = registry.text(with: MetricSample.samples(of: supervisor.statuses))
        #expect(text.contains(#"almanac_plugin_state{plugin="market"} 1"#), "\(text)")
        #expect(text.contains(#"almanac_plugin_state{plugin="kernel"} 0"#), "\(text)")
        #expect(text.contains(#"almanac_work_state{plugin="market",work="on.booking"} 1"#), "\(text)")
    }
}
