public import AlmanacStorage
public import Tracing

/// A tracer that hands each span, once it has ended, to whoever keeps them.
///
/// A trace that another program began and does not keep is not kept here either.
public final class LineTracer: Tracer {
    private let random: any RandomSource
    private let export: @Sendable (FinishedSpan) -> Void

    /// - Parameters:
    ///   - random: Where names of traces and spans come from.
    ///   - export: Takes a span; called on the thread that ends it, so it must be brief.
    public init(random: any RandomSource = BufferedRandom(), export: @escaping @Sendable (FinishedSpan) -> Void) {
        self.random = random
        self.export = export
    }

    /// Begins a span below the one in the context, or a trace of its own.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> LineSpan {
        var context = context()
        let parent = context.trace
        let trace = TraceContext(
            trace: parent?.trace ?? self.identifier() + self.identifier(), span: self.identifier(),
            isSampled: parent?.isSampled ?? true)
        context.trace = trace
        return LineSpan(
            operationName, kind, context, trace, parent: parent?.span, start: instant().nanosecondsSinceEpoch,
            self.export)
    }

    /// Spans are handed on as they end: there is nothing to flush.
    public func forceFlush() {}

    /// Takes the trace of the program that called from its `traceparent`.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let header = extractor.extract(key: "traceparent", from: carrier) else { return }
        if let trace = TraceContext(traceparent: header) { context.trace = trace }
    }

    /// Hands the trace on to a program that is called.
    public func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        if let trace = context.trace { injector.inject(trace.traceparent, forKey: "traceparent", into: &carrier) }
    }

    /// 16 digits that are not all zero.
    private func identifier() -> String {
        let digits = String(self.random.next() | 1, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
