import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// Spans and the log of the real program.
struct SpanFileTests {
    @Test func spansAreWrittenAndTheLogNamesTheirTraces() async throws {
        let manifest = """
            name: Test
            organization: {slug: test, timeZone: Europe/Berlin, locale: de, currency: EUR}
            storage: {backend: sqlite, path: data.db}
            logging: {level: info, requests: info, format: json}
            tracing: {file: spans.jsonl}
            """
        try await withProgram(manifest: manifest) { program in
            let (status, code, log) = try await program.serve { server in
                let status = try await server.client.get("/health/ready").status
                return (status, await server.terminate(), server.errors)
            }
            #expect(status == 200)
            #expect(code == 0)
            let text = try String(contentsOfFile: "\(program.folder)/spans.jsonl", encoding: .utf8)
            let spans = try text.split(separator: "\n").flatMap { line in
                try JSON(parsing: Array(line.utf8))["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?.array ?? []
            }
            let request = try #require(spans.first { $0["name"]?.string == "GET /health/ready" })
            let below = spans.filter { $0["parentSpanId"]?.string == request["spanId"]?.string }
            #expect(below.map { $0["name"]?.string } == ["read kernel"])

            let lines = try log.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
            let line = try #require(lines.first { $0["operation"]?.string == "health.ready" })
            #expect(line["trace_id"]?.string == request["traceId"]?.string)
            #expect(line["span_id"]?.string == request["spanId"]?.string)
        }
    }
}
