internal import AlmanacKernel
internal import Tracing

/// Leaves a span for each request, named and described by the semantic conventions of OpenTelemetry for HTTP servers
/// (<https://opentelemetry.io/docs/specs/semconv/http/http-spans/>).
///
/// The path, the query, addresses, user agents and ids never stand in a span, although the conventions have names for
/// them: whoever keeps the spans need not be somebody who may see that.
///
/// The trace of a caller (W3C `traceparent`) is taken up only when the connection comes from a proxy that the manifest
/// trusts; everybody else's requests begin a trace of their own. Strangers must not choose which requests look as if
/// they belonged together, nor that all of theirs are kept (W3C Trace Context, §7 and §8).
struct RequestTracing: Sendable {
    private let tracer: any Tracer
    private let trusted: [NetworkBlock]
    private let scheme: String

    init(_ tracer: any Tracer, trusting trusted: [NetworkBlock], isHTTPS: Bool) {
        self.tracer = tracer
        self.trusted = trusted
        self.scheme = isHTTPS ? "https" : "http"
    }

    /// Lets a request be answered inside its span, so that the spans of its transactions and its log belong to it.
    func answer(
        _ request: APIRequest, _ body: (APIRequest) async -> APIResponse
    ) async -> APIResponse {
        await self.answer(self.tracer, request, body)
    }

    private func answer<Backend: Tracer>(
        _ tracer: Backend, _ request: APIRequest, _ body: (APIRequest) async -> APIResponse
    ) async -> APIResponse {
        var context = InstrumentationContext.topLevel
        if self.isTrusted(request) { tracer.extract(request, into: &context, using: Headers()) }
        let method = RequestLog.known(request.method)
        let span = tracer.startSpan(method ?? "HTTP", context: context, ofKind: .server)
        defer { span.end() }
        let response = await InstrumentationContext.withValue(span.context) { await body(request) }
        let facts = request.notes?.facts
        if let route = facts?.route { span.operationName = "\(method ?? "HTTP") \(route)" }
        span.updateAttributes { attributes in
            attributes["http.request.method"] = method ?? "_OTHER"
            attributes["http.response.status_code"] = response.status
            attributes["url.scheme"] = self.scheme
            attributes["almanac.operation"] = facts?.operation ?? RequestMetrics.noOperation
            if let route = facts?.route { attributes["http.route"] = route }
            if let code = facts?.code { attributes["almanac.problem"] = code }
            if response.status >= 500 { attributes["error.type"] = "\(response.status)" }
        }
        if response.status >= 500 { span.setStatus(SpanStatus(code: .error)) }
        return response
    }

    private func isTrusted(_ request: APIRequest) -> Bool {
        guard !self.trusted.isEmpty, let peer = request.address.flatMap({ NetworkAddress($0) }) else { return false }
        return self.trusted.contains { $0.contains(peer) }
    }

    private struct Headers: Extractor {
        func extract(key: String, from carrier: APIRequest) -> String? { carrier.header(key) }
    }
}
