public import Logging
internal import Tracing

extension Logger.MetadataProvider {
    /// The trace and the span that are under way, for each line of the log that is written in one.
    ///
    /// Named as OpenTelemetry names them in logs that are not its own:
    /// <https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/>.
    public static let trace = Logger.MetadataProvider {
        guard let trace = InstrumentationContext.current?.trace else { return [:] }
        return ["trace_id": "\(trace.trace)", "span_id": "\(trace.span)"]
    }
}
