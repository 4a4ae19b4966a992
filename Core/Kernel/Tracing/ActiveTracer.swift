package import Tracing

/// The tracer of the process.
package enum ActiveTracer {
    /// What was bootstrapped in `InstrumentationSystem`, or bound by `withTracer`; `nil` when nothing was, so that
    /// nothing is spent on spans that nobody takes.
    package static var current: (any Tracer)? {
        let tracer = InstrumentationSystem.tracer
        return tracer is NoOpTracer ? nil : tracer
    }
}
