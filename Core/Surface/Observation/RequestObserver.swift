internal import AlmanacKernel
internal import Logging

/// Sees each request from its beginning to its answer: metrics, log and span.
struct RequestObserver: Sendable {
    private let metrics: RequestMetrics
    private let log: RequestLog
    private let tracing: RequestTracing?
    private let time: MonotonicTime

    /// - Parameters:
    ///   - routes: The endpoints that can be called.
    ///   - settings: What is to be done with what is seen.
    ///   - logger: Where the log goes.
    init(_ routes: [RouteTable.Route], _ settings: APISettings, _ logger: Logger) {
        let endpoints = routes.map { (name: $0.endpoint.operation, method: $0.endpoint.method.rawValue) }
        let pages =
            ["health.live", "health.ready", "openapi"]
            + settings.pages.keys.sorted().map(APISettings.operation(ofPage:))
        let sites = settings.sites.map { (name: $0.name, method: "any") }
        let signIns = routes.compactMap { route in route.endpoint.signInMeans.map { (route.endpoint.operation, $0) } }
        self.metrics = RequestMetrics(
            endpoints + pages.map { (name: $0, method: "GET") } + sites,
            signIns: Dictionary(signIns, uniquingKeysWith: { first, _ in first }), settings.metrics)
        self.log = RequestLog(logger, settings.requestLogLevel)
        self.tracing = settings.tracer.map {
            RequestTracing($0, trusting: settings.trustedProxies, isHTTPS: settings.isHTTPS)
        }
        self.time = settings.time
    }

    /// Lets a request be answered and tells of it.
    func observe(
        _ request: APIRequest, _ requestID: String, _ answer: (APIRequest) async -> APIResponse
    ) async -> APIResponse {
        let notes = RequestNotes(address: request.address)
        var request = request
        request.notes = notes
        guard let tracing = self.tracing else { return await self.measure(request, requestID, notes, answer) }
        return await tracing.answer(request) { await self.measure($0, requestID, notes, answer) }
    }

    private func measure(
        _ request: APIRequest, _ requestID: String, _ notes: RequestNotes,
        _ answer: (APIRequest) async -> APIResponse
    ) async -> APIResponse {
        let start = self.time.nanoseconds
        self.metrics.begin()
        let response = await answer(request)
        let nanoseconds = self.time.nanoseconds - start
        let facts = notes.facts
        self.metrics.end(facts, status: response.status, nanoseconds: nanoseconds)
        self.log.write(request, requestID, facts, response, nanoseconds: nanoseconds)
        return response
    }
}
