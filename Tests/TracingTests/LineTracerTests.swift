import AlmanacStorage
import AlmanacTestKit
import AlmanacTracing
import Foundation
import Logging
import Testing
import Tracing

/// Traces of one's own and of others, and the file of spans.
struct LineTracerTests {
    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
        "0é-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ])
    func refusesWhatIsNoTrace(_ header: String) {
        #expect(TraceContext(traceparent: header) == nil)
    }

    @Test func readsWhatItWritesAndLaterVersions() throws {
        let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        #expect(try #require(TraceContext(traceparent: header)).traceparent == header)
        let later = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-what-may-come"
        #expect(try #require(TraceContext(traceparent: later)).isSampled == false)
    }

    @Test func handsTheTraceOn() throws {
        struct Headers: Injector {
            func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
                carrier[key] = value
            }
        }
        let tracer = LineTracer { _ in }
        let span = tracer.startSpan("call", ofKind: .client)
        var headers: [String: String] = [:]
        tracer.inject(span.context, into: &headers, using: Headers())
        #expect(headers["traceparent"].flatMap { TraceContext(traceparent: $0) } == span.context.trace)
    }

    /// The form is OTLP's JSON encoding, which collectors read from files.
    @Test func writesSpansAsCollectorsReadThem() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder.path)/spans.jsonl"
            let file = try #require(
                SpanFile(path: path, service: "almanac", version: "1.2.3", logger: SilentLog.logger))
            let tracer = LineTracer { file.append($0) }
            let outer = tracer.startSpan("outer", ofKind: .server)
            let inner = tracer.startSpan("inner\nline", context: outer.context, ofKind: .client)
            inner.attributes["count"] = 3
            inner.recordError(CancellationError())
            inner.end()
            inner.end()
            outer.end()
            await file.flush()

            let text = try String(contentsOfFile: path, encoding: .utf8)
            let lines = try text.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
            let service = lines.first?["resourceSpans"]?[0]?["resource"]?["attributes"]?[0]
            #expect(service == ["key": "service.name", "value": ["stringValue": "almanac"]])
            let spans = lines.flatMap { $0["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?.array ?? [] }
            #expect(spans.map { $0["name"]?.string } == ["inner\nline", "outer"])
            #expect(spans.map { $0["kind"]?.int } == [3, 2])
            #expect(spans.first?["status"] == ["code": 2])
            #expect(spans.last?["status"] == [:])
            #expect(spans.first?["attributes"] == [["key": "count", "value": ["intValue": "3"]]])
            #expect(spans.first?["parentSpanId"]?.string == spans.last?["spanId"]?.string)
            #expect(spans.first?["traceId"]?.string == spans.last?["traceId"]?.string)
            #expect(spans.last?["traceId"]?.string?.utf8.count == 32)
            #expect(spans.last?["parentSpanId"] == nil)
            let times = spans.flatMap { [$0["startTimeUnixNano"], $0["endTimeUnixNano"]] }
            #expect(times.allSatisfy { $0?.string.flatMap { UInt64($0) } != nil })
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func keepsEverySpanOfMany() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder.path)/spans.jsonl"
            let file = try #require(SpanFile(path: path, service: "a", version: "1", logger: SilentLog.logger))
            let tracer = LineTracer { file.append($0) }
            await withTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask { for _ in 0..<250 { tracer.startSpan("one", ofKind: .internal).end() } }
                }
            }
            await file.flush()
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let spans = try text.split(separator: "\n").map { line in
                try JSON(parsing: Array(line.utf8))["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?.array ?? []
            }
            #expect(spans.joined().count == 2_000)
            #expect(Set(spans.joined().compactMap { $0["spanId"]?.string }).count == 2_000)
            #expect(spans.allSatisfy { $0.count <= 500 })
        }
    }

    @Test func theLogNamesTheTraceItBelongsTo() throws {
        let span = LineTracer { _ in }.startSpan("call", ofKind: .server)
        #expect(Logger.MetadataProvider.trace.get().isEmpty)
        let metadata = InstrumentationContext.withValue(span.context) { Logger.MetadataProvider.trace.get() }
        let trace = try #require(span.context.trace)
        #expect(metadata == ["trace_id": "\(trace.trace)", "span_id": "\(trace.span)"])
    }
}
