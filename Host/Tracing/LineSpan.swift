internal import Synchronization
public import Tracing

/// A span of ``LineTracer``.
public final class LineSpan: Span {
    private struct State: Sendable {
        var name: String
        var attributes: SpanAttributes = [:]
        var hasFailed = false
        var hasEnded = false
    }

    /// The context with this span in it, for spans below.
    public let context: InstrumentationContext
    private let trace: TraceContext
    private let parent: String?
    private let kind: SpanKind
    private let start: UInt64
    private let state: Mutex<State>
    private let export: @Sendable (FinishedSpan) -> Void

    init(
        _ name: String, _ kind: SpanKind, _ context: InstrumentationContext, _ trace: TraceContext, parent: String?,
        start: UInt64, _ export: @escaping @Sendable (FinishedSpan) -> Void
    ) {
        self.context = context
        self.trace = trace
        self.parent = parent
        self.kind = kind
        self.start = start
        self.state = Mutex(State(name: name))
        self.export = export
    }

    /// What is done.
    public var operationName: String {
        get { self.state.withLock { $0.name } }
        set { self.state.withLock { $0.name = newValue } }
    }

    /// Facts about it.
    public var attributes: SpanAttributes {
        get { self.state.withLock { $0.attributes } }
        set { self.state.withLock { $0.attributes = newValue } }
    }

    /// Whether it will be handed on.
    public var isRecording: Bool { self.trace.isSampled && !self.state.withLock { $0.hasEnded } }

    /// Notes whether it failed; a message is not kept, it might hold what is nobody's business.
    public func setStatus(_ status: SpanStatus) {
        if status.code == .error { self.state.withLock { $0.hasFailed = true } }
    }

    /// Events are not kept.
    public func addEvent(_ event: SpanEvent) {}

    /// Notes that it failed; of the error nothing is kept but that.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        self.state.withLock { $0.hasFailed = true }
    }

    /// Links are not kept.
    public func addLink(_ link: SpanLink) {}

    /// Ends it; a second end is ignored.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let end = instant().nanosecondsSinceEpoch
        let finished = self.state.withLock { state -> FinishedSpan? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return FinishedSpan(
                trace: self.trace, parent: self.parent, name: state.name, kind: self.kind,
                startNanoseconds: self.start, endNanoseconds: max(end, self.start), hasFailed: state.hasFailed,
                attributes: state.attributes)
        }
        if let finished, self.trace.isSampled { self.export(finished) }
    }
}
