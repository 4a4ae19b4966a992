public import Tracing

/// What ties the spans of one request together, across programs: W3C Trace Context.
///
/// Source: <https://www.w3.org/TR/trace-context/#traceparent-header>.
public struct TraceContext: Sendable, Equatable {
    /// Names the whole, in 32 lower-case hexadecimal digits.
    public let trace: String
    /// Names the span, in 16 lower-case hexadecimal digits.
    public let span: String
    /// Whether whoever began the trace keeps it.
    public let isSampled: Bool

    init(trace: String, span: String, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// Reads a header as `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`; `nil` for what is forbidden.
    ///
    /// - Parameter header: The value of `traceparent`.
    public init?(traceparent header: String) {
        let parts = header.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].count == 2, parts[1].count == 32, parts[2].count == 16, parts[3].count == 2,
            parts[..<4].allSatisfy({ $0.allSatisfy(Self.isDigit) })
        else { return nil }
        let version = String(Substring(parts[0]))
        // Later versions may add fields; version 0 has these four.
        guard version != "ff", version != "00" || parts.count == 4,
            parts[1].contains(where: { $0 != UInt8(ascii: "0") }),
            parts[2].contains(where: { $0 != UInt8(ascii: "0") }),
            let flags = UInt8(String(Substring(parts[3])), radix: 16)
        else { return nil }
        self.init(trace: String(Substring(parts[1])), span: String(Substring(parts[2])), isSampled: flags & 1 == 1)
    }

    /// The header that hands the trace on.
    public var traceparent: String { "00-\(self.trace)-\(self.span)-\(self.isSampled ? "01" : "00")" }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

extension InstrumentationContext {
    private enum Key: InstrumentationContextKey {
        typealias Value = TraceContext
        static var nameOverride: String? { "almanac-trace" }
    }

    /// The span that is under way, or the one of the program that called.
    public var trace: TraceContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}
