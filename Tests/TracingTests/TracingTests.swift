import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import AlmanacTracing
import InMemoryTracing
import Synchronization
import Testing
import Tracing

/// The spans of requests and transactions.
struct TracingTests {
    private func withClient(
        _ tracer: (any Tracer)?, trusting proxies: [String] = [], _ body: (APIClient) async throws -> Void
    ) async throws {
        let trusted = try proxies.map { try NetworkBlock($0) }
        try await withPlatform(.sqlite) { platform in
            var settings = APISettings(title: "Test", version: "0", trustedProxies: trusted, isHTTPS: true)
            if let tracer { settings.tracer = tracer }
            let api = try API(platform.runtime, settings: settings, logger: SilentLog.logger)
            try await body(APIClient(api, headers: [("Almanac-Organization", "north")]))
        }
    }

    @Test func aRequestIsASpanNamedAfterItsRoute() async throws {
        let tracer = InMemoryTracer()
        try await self.withClient(tracer) { client in
            _ = await client.send("GET", "/api/v1/users/018f5b2e-0000-7000-8000-00000000beef?canary=1")
            _ = await client.send("GET", "/canary")
            _ = await client.send("CANARY", "/health/live")
        }
        let spans = tracer.finishedSpans
        #expect(spans.map(\.operationName) == ["GET /api/v1/users/{id}", "GET", "HTTP"])
        #expect(spans.map(\.kind) == [.server, .server, .server])
        let first = try #require(spans.first)
        #expect(first.attributes.get("http.route") == .string("/api/v1/users/{id}"))
        #expect(first.attributes.get("http.request.method") == .string("GET"))
        #expect(first.attributes.get("http.response.status_code") == .int64(401))
        #expect(first.attributes.get("url.scheme") == .string("https"))
        #expect(first.attributes.get("almanac.problem") == .string("unauthenticated"))
        // What a caller did wrong is no failure of the server's.
        #expect(first.status == nil)
        #expect(spans[1].attributes.get("http.route") == nil)
        #expect(spans[2].attributes.get("http.request.method") == .string("_OTHER"))
    }

    @Test func aSpanHoldsNothingThatACallerSent() async throws {
        let tracer = InMemoryTracer()
        try await self.withClient(tracer) { client in
            let headers = [
                (name: "User-Agent", value: "canary"), ("X-Request-ID", "canary"), ("traceparent", "canary"),
            ]
            _ = await client.send("CANARY", "/canary?canary=canary", headers: headers)
            _ = await client.send(
                "POST", "/api/v1/auth/token", json: ["email": "canary@example.org", "password": "canary"],
                headers: headers)
        }
        #expect(tracer.finishedSpans.count == 2)
        for span in tracer.finishedSpans {
            var told = "\(span.operationName) \(span.events) \(span.errors)".lowercased()
            // `SpanAttributes` is no sequence.
            // swift-format-ignore: ReplaceForEachWithForLoop
            span.attributes.forEach { told += " \($0)=\($1)".lowercased() }
            #expect(told.contains("http.request.method"))
            #expect(!told.contains("canary"), "\(told)")
            #expect(!told.contains("192.0.2.1"), "\(told)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTransactionIsASpanBelowItsRequest(_ kind: TestEngine) async throws {
        try await withTestDatabase(kind, migrations: [KernelSchema.history]) { test in
            let tracer = InMemoryTracer()
            let database = Database(
                engine: TracedEngine(test.engine, tracer), namespace: .kernel, clock: test.clock, ids: test.ids)
            let scope = Scope.system(SystemScope("test"))
            struct Refused: Error {}

            let request = tracer.startSpan("request")
            try await InstrumentationContext.withValue(request.context) {
                try await database.read(in: scope) { _ in }
                _ = try? await database.write(in: scope) { _ in throw Refused() }
                _ = try? await database.write(in: scope) { tx in
                    _ = try tx.value("SELECT 1 FROM \(Table(.kernel, "missing", ownership: .deployment))", as: Int.self)
                }
            }
            request.end()

            let spans = tracer.finishedSpans
            #expect(spans.map(\.operationName) == ["read kernel", "write kernel", "write kernel", "request"])
            #expect(spans.dropLast().allSatisfy { $0.kind == .client && $0.traceID == spans.last?.traceID })
            #expect(spans.dropLast().allSatisfy { $0.parentSpanID == spans.last?.spanID })
            let system = kind == .postgres ? "postgresql" : "sqlite"
            #expect(spans.dropLast().allSatisfy { $0.attributes.get("db.system.name") == .string(system) })
            // A rule said no: that is no failure.
            #expect(spans[1].status == nil)
            #expect(spans[1].attributes.get("almanac.outcome") == .string("refused"))
            #expect(spans[2].status?.code == .error)
            #expect(spans[2].attributes.get("error.type") != nil)
        }
    }

    @Test func believesTheTraceOfATrustedProxyOnly() async throws {
        let kept = Mutex<[FinishedSpan]>([])
        let tracer = LineTracer(random: SeededRandom(seed: 1)) { span in kept.withLock { $0.append(span) } }
        let header = (name: "traceparent", value: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        try await self.withClient(tracer) { client in
            _ = await client.send("GET", "/health/live", headers: [header])
        }
        try await self.withClient(tracer, trusting: ["192.0.2.1"]) { client in
            _ = await client.send("GET", "/health/live", headers: [header])
            _ = await client.send(
                "GET", "/health/live",
                headers: [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")])
        }
        let spans = kept.withLock { $0 }
        // The last one belongs to a trace that nobody keeps.
        #expect(spans.count == 2)
        #expect(spans.first?.parent == nil)
        #expect(spans.first?.trace.trace != "0af7651916cd43dd8448eb211c80319c")
        #expect(spans.last?.trace.trace == "0af7651916cd43dd8448eb211c80319c")
        #expect(spans.last?.parent == "b7ad6b7169203331")
        #expect(spans.last?.trace.span != "b7ad6b7169203331")
    }

    @Test func takesUpTheTracerThatTheProcessHasBootstrapped() async throws {
        let tracer = InMemoryTracer()
        try await withTracer(tracer) {
            try await self.withClient(nil) { client in _ = await client.send("GET", "/health/live") }
        }
        #expect(tracer.finishedSpans.map(\.operationName) == ["GET /health/live"])
        // Nothing is bootstrapped here: nothing is made for nobody.
        #expect(ActiveTracer.current == nil)
        #expect(APISettings(title: "Test", version: "0").tracer == nil)
    }
}
