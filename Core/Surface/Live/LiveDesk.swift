internal import AlmanacKernel
internal import AlmanacStorage
internal import Logging

/// Opens the streams of live endpoints.
struct LiveDesk: Sendable {
    private let runtime: Runtime
    private let settings: LiveSettings
    private let time: MonotonicTime
    private let slots: LiveSlots
    private let meter: LiveMeter
    private let log: RequestLog

    init(_ runtime: Runtime, _ routes: [RouteTable.Route], _ settings: APISettings, _ logger: Logger) {
        self.runtime = runtime
        self.settings = settings.live
        self.time = settings.time
        self.slots = LiveSlots(settings.live)
        self.meter = LiveMeter(
            routes.filter { $0.endpoint.form == .events }.map(\.endpoint.operation), settings.metrics)
        self.log = RequestLog(logger, settings.requestLogLevel)
    }

    /// How many streams are open.
    var count: Int { self.slots.count }

    /// Ends all streams, and opens none any more.
    func end() { self.runtime.live.end() }

    /// Opens a stream for a caller who may ask for it.
    ///
    /// - Throws: ``Refusal``, ``RequestFault`` and ``InvalidInput`` when it is not opened.
    func open(
        _ route: RouteTable.Route, _ parameters: [(name: String, value: String)], _ request: APIRequest, _ call: Call
    ) async throws -> APIResponse {
        let endpoint = route.endpoint
        guard let query = RequestText.query(request.query) else {
            throw RequestFault(400, "bad_query", "the query of the request is not valid percent-encoded UTF-8")
        }
        guard request.body.isEmpty else {
            throw RequestFault(400, "body_not_allowed", "GET takes its fields from the query, not from a body")
        }
        guard !self.runtime.live.isEnding else {
            throw RequestFault(
                503, "server_ending", "this server is just ending: come again, another one answers",
                headers: [("retry-after", "1")])
        }
        let (frame, own) = try LiveFrame.split(query)
        var input = RequestInput(path: parameters, query: own)
        input.position = try frame.position(of: request)
        let slot = try self.slots.take(Self.name(of: call))
        let answer = try await endpoint.run(input, call, self.runtime.invoker, route.owner)
        guard let reading = answer.reading else { throw Refusal.notFound("stream") }
        let now = self.time.nanoseconds
        let session = LiveStream.Session(
            reading: reading, record: self.record(of: endpoint, slot, call, since: now),
            confirm: self.confirmation(request, endpoint, call), time: self.time,
            heartbeatNanoseconds: Int64(self.settings.heartbeatSeconds) * 1_000_000_000,
            end: frame.forSeconds.map { now + Int64($0) * 1_000_000_000 },
            // Those whose host has ended do not all come again at once.
            retryMilliseconds: 2_000 + Int(self.runtime.random.next() % 3_001))
        var response = APIResponse(
            status: endpoint.status, headers: [("content-type", endpoint.form.mediaType), ("x-accel-buffering", "no")])
        response.live = LiveStream(session, self.runtime.live.watch(reading.subject), call)
        return response
    }

    /// Whose streams are counted together.
    private static func name(of call: Call) -> String {
        if let user = call.principal.user { return "user \(user.id)" }
        let address = call.origin.address
        return "address \(address.flatMap { NetworkAddress($0)?.limitName } ?? address ?? "")"
    }

    private func record(of endpoint: Endpoint, _ slot: LiveSlot, _ call: Call, since start: Int64) -> LiveRecord {
        let (log, time, operation) = (self.log, self.time, endpoint.operation)
        return LiveRecord(operation, slot, self.meter) { summary in
            log.ended(summary, operation, call, nanoseconds: time.nanoseconds - start)
        }
    }

    /// Finds out who sends a request, as if it came again.
    private func confirmation(
        _ request: APIRequest, _ endpoint: Endpoint, _ call: Call
    ) -> @Sendable () async throws -> Call {
        let (runtime, access, keys) = (self.runtime, endpoint.access, endpoint.acceptsAPIKeys)
        let tolerates = endpoint.toleratesCredentials
        var asked = request
        asked.notes = nil
        return { [asked] in
            let present = try await CallFactory(runtime).call(for: asked, from: call.origin, isTolerant: tolerates)
            try Invoker.authorize(access, present, acceptsAPIKeys: keys)
            return present
        }
    }
}
