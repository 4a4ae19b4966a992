internal import AlmanacStorage
public import Tracing

/// A span that has ended.
public struct FinishedSpan: Sendable {
    /// The trace and the span's own name in it.
    public let trace: TraceContext
    /// The span above it, if there is one.
    public let parent: String?
    /// What was done.
    public let name: String
    /// Its role.
    public let kind: SpanKind
    /// When it began, in nanoseconds since 1970.
    public let startNanoseconds: UInt64
    /// When it ended, in nanoseconds since 1970.
    public let endNanoseconds: UInt64
    /// Whether it failed.
    public let hasFailed: Bool
    /// Facts about it.
    public let attributes: SpanAttributes

    /// The span as a member of `spans` in OTLP's JSON encoding.
    ///
    /// Ids are hexadecimal, integers of 64 bits are strings, enumerations are numbers.
    var json: JSON {
        var members: [(String, JSON)] = [
            ("traceId", .string(self.trace.trace)), ("spanId", .string(self.trace.span)),
        ]
        if let parent = self.parent { members.append(("parentSpanId", .string(parent))) }
        members += [
            ("name", .string(self.name)), ("kind", .number(JSONNumber(Self.number(of: self.kind)))),
            ("startTimeUnixNano", .string(String(self.startNanoseconds))),
            ("endTimeUnixNano", .string(String(self.endNanoseconds))), ("attributes", .array(self.listed)),
            // STATUS_CODE_UNSET is 0, STATUS_CODE_ERROR is 2.
            ("status", self.hasFailed ? ["code": 2] : [:]),
        ]
        return .object(JSONObject(members))
    }

    /// One line of a file that OpenTelemetry collectors read: `TracesData` with these spans.
    ///
    /// Source: <https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/>.
    ///
    /// - Parameters:
    ///   - spans: The spans, in any order.
    ///   - service: What the service is called, as `almanac`.
    ///   - version: Which version of it runs.
    /// - Returns: JSON without the end of the line.
    public static func line(_ spans: [FinishedSpan], service: String, version: String) -> String {
        let resource: JSON = [
            "attributes": [
                Self.attribute("service.name", ["stringValue": .string(service)]),
                Self.attribute("service.version", ["stringValue": .string(version)]),
            ]
        ]
        let scope: JSON = ["scope": ["name": "almanac"], "spans": .array(spans.map(\.json))]
        let traces: JSON = ["resourceSpans": [["resource": resource, "scopeSpans": [scope]]]]
        return traces.text
    }

    private var listed: [JSON] {
        var attributes: [(name: String, value: JSON)] = []
        // `SpanAttributes` is no sequence.
        // swift-format-ignore: ReplaceForEachWithForLoop
        self.attributes.forEach { name, value in attributes.append((name, Self.json(value))) }
        return attributes.sorted { $0.name < $1.name }.map { Self.attribute($0.name, $0.value) }
    }

    private static func attribute(_ name: String, _ value: JSON) -> JSON { ["key": .string(name), "value": value] }

    private static func json(_ value: SpanAttribute) -> JSON {
        switch value {
        case .int32(let number): ["intValue": .string(String(number))]
        case .int64(let number): ["intValue": .string(String(number))]
        case .bool(let truth): ["boolValue": .bool(truth)]
        case .string(let text): ["stringValue": .string(text)]
        case .stringConvertible(let value): ["stringValue": .string("\(value)")]
        default: ["stringValue": .string("\(value)")]
        }
    }

    private static func number(of kind: SpanKind) -> Int {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}
