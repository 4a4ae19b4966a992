public import AlmanacKernel
package import AlmanacStorage
internal import Crypto
public import Logging
internal import Synchronization

/// The HTTP API without a transport: takes a whole request, gives a whole answer.
///
/// The server adapts sockets to it, tests call it in memory. Whatever happens, the answer is one: each status from 400
/// up carries a problem (RFC 9457), those of the router included.
public final class API: Sendable {
    private let runtime: Runtime
    private let routes: RouteTable
    private let settings: APISettings
    private let gate: LimitGate
    private let observer: RequestObserver
    private let notice = ProxyNotice()
    private let crossOrigin: CrossOrigin
    private let live: LiveDesk
    /// The headers of every answer.
    private let standingHeaders: [(name: String, value: String)]
    private let logger: Logger
    /// The document, once somebody has asked for it.
    private let description = Mutex<[UInt8]?>(nil)
    /// What the console shows, once somebody has asked for it.
    private let consoleModel = Mutex<ConsoleModel?>(nil)
    private let bookingModel = Mutex<BookingModel??>(nil)

    /// Collects the endpoints of a platform and checks that no two stand in the same place.
    ///
    /// - Throws: Every clash. What cannot be described is said by ``openAPI``.
    public init(_ runtime: Runtime, settings: APISettings, logger: Logger) throws(Problems) {
        self.runtime = runtime
        self.settings = settings
        self.gate = LimitGate(
            settings.limits, clock: runtime.database.clock, logger: logger, metrics: settings.metrics,
            hosts: runtime.database)
        self.logger = logger
        self.crossOrigin = CrossOrigin(settings.origins)
        self.standingHeaders = AnswerHeaders.standing(isHTTPS: settings.isHTTPS)
        let deployment = DeploymentEndpoints(runtime: runtime, readings: settings.readings)
        let kernel = KernelEndpoints.all(runtime) + LimitEndpoints.all(self.gate.limiter) + deployment.all
        let own = kernel.map {
            RouteTable.Route(owner: "kernel", endpoint: $0, path: $0.fullPath(owner: "kernel"))
        }
        let contributed = runtime.platform.graph.contributions(of: Endpoint.self).map { owner, endpoint in
            RouteTable.Route(owner: owner, endpoint: endpoint, path: endpoint.fullPath(owner: owner))
        }
        self.routes = RouteTable(own + contributed)
        self.observer = RequestObserver(self.routes.all, settings, logger)
        self.live = LiveDesk(runtime, self.routes.all, settings, logger)
        guard self.routes.problems.isEmpty else { throw Problems(self.routes.problems) }
    }

    /// What time it is, for pages that show what is today.
    package var now: Instant { self.runtime.database.clock.now }

    /// The OpenAPI 3.1 document, encoded.
    ///
    /// Made when it is first asked for, which takes longer than all the rest of an API: most commands of a host and most
    /// tests never look at it. Whoever serves asks at the start, so that what is wrong with it is said then.
    ///
    /// - Throws: Every endpoint whose input or output cannot be described.
    public var openAPI: [UInt8] {
        get throws(Problems) {
            try self.description.withLock { known throws(Problems) in
                if let known { return known }
                let made = try APIDocument.encoded(self.routes.all, self.settings)
                known = made
                return made
            }
        }
    }

    /// What was contributed to the console, resolved against the endpoints.
    ///
    /// Made when it is first asked for, as ``openAPI`` is.
    ///
    /// - Throws: Everything that does not fit, as a column that no item has.
    package var console: ConsoleModel {
        get throws(Problems) {
            try self.consoleModel.withLock { known throws(Problems) in
                if let known { return known }
                let made = try ConsoleModel(self.runtime.platform.graph, self.routes.all)
                known = made
                return made
            }
        }
    }

    /// The operations of the booking pages; `nil` when no plugin contributes any.
    ///
    /// Made when it is first asked for, as ``openAPI`` is.
    ///
    /// - Throws: Everything that does not fit.
    package var bookingPages: BookingModel? {
        get throws(Problems) {
            try self.bookingModel.withLock { known throws(Problems) in
                if let known { return known }
                let made = try BookingModel.resolve(self.runtime.platform.graph, self.routes.all)
                known = .some(made)
                return made
            }
        }
    }

    /// Looks whether everything that is derived from the endpoints can be: the document and what the console shows.
    ///
    /// - Throws: Everything that cannot be described, or does not fit.
    public func verifyDescriptions() throws(Problems) {
        var problems: [Problem] = []
        do throws(Problems) { _ = try self.openAPI } catch { problems += error.all }
        do throws(Problems) { _ = try self.console } catch { problems += error.all }
        do throws(Problems) { _ = try self.bookingPages } catch { problems += error.all }
        guard problems.isEmpty else { throw Problems(problems) }
    }

    /// Answers a request.
    public func respond(to request: APIRequest) async -> APIResponse {
        let requestID = self.makeRequestID()
        return await self.observer.observe(request, requestID) { await self.answer($0, requestID) }
    }

    /// Ends every answer that goes on for as long as somebody listens, and begins none any more: when the server ends.
    public func endStreams() { self.live.end() }

    private func answer(_ request: APIRequest, _ requestID: String) async -> APIResponse {
        if let site = self.settings.sites.first(where: { $0.owns(request.path) }) {
            return await self.answer(request, by: site, requestID)
        }
        var response: APIResponse
        do {
            response = try await self.route(request, requestID)
        } catch {
            response = self.refuse(error, request, requestID)
        }
        self.crossOrigin.decorate(&response, for: request)
        response.headers.append(("x-request-id", requestID))
        response.headers += self.standingHeaders
        if request.method == "HEAD" { response.omitBody() }
        return response
    }

    /// Lets a site answer, which says itself what browsers may do with its pages.
    private func answer(_ request: APIRequest, by site: any Site, _ requestID: String) async -> APIResponse {
        request.notes?.found(operation: site.name, at: "/\(site.name)")
        var response: APIResponse
        do {
            try RequestShape.check(request)
            response = await site.respond(to: request, through: self)
        } catch {
            response = self.refuse(error, request, requestID)
            response.headers += self.standingHeaders
        }
        response.headers.append(("x-request-id", requestID))
        if request.method == "HEAD" { response.omitBody() }
        return response
    }

    // MARK: Finding the endpoint

    private func route(_ request: APIRequest, _ requestID: String) async throws -> APIResponse {
        try RequestShape.check(request)
        guard let segments = RequestText.segments(of: request.path) else {
            throw RequestFault(400, "bad_path", "the path of the request is not valid percent-encoded UTF-8")
        }
        if let fixed = try await self.fixed(request, segments) { return fixed }
        switch self.routes.match(request.method, segments) {
        case .nothing:
            throw RequestFault(404, "no_route", "there is nothing at this address: /openapi.json lists what there is")
        case .wrongMethod(let allowed):
            if request.method == "OPTIONS" {
                return APIResponse(status: 204, headers: [("allow", allowed.joined(separator: ", "))])
            }
            throw RequestFault(
                405, "method_not_allowed",
                "\(request.method) does not work here, only \(allowed.joined(separator: ", "))",
                headers: [("allow", allowed.joined(separator: ", "))])
        case .found(let route, let parameters):
            return try await self.run(route, parameters, request, requestID)
        }
    }

    /// Addresses that belong to the host rather than to an endpoint.
    private func fixed(_ request: APIRequest, _ segments: [String]) async throws -> APIResponse? {
        guard request.method == "GET" || request.method == "HEAD" else { return nil }
        switch segments {
        case ["health", "live"]:
            request.notes?.found(operation: "health.live", at: "/health/live")
            return Self.json(200, Array(#"{"status":"ok"}"#.utf8))
        case ["health", "ready"]:
            request.notes?.found(operation: "health.ready", at: "/health/ready")
            // The database answers, and somebody has set the deployment up.
            guard try await !self.runtime.organizations.check().isEmpty else {
                throw RequestFault(
                    503, "no_organization", "the deployment has no organization yet: run `almanac migrate`")
            }
            return Self.json(200, Array(#"{"status":"ready"}"#.utf8))
        case ["openapi.json"]:
            request.notes?.found(operation: "openapi", at: "/openapi.json")
            return Self.json(200, try self.openAPI)
        default:
            let path = segments.joined(separator: "/")
            // An escaped slash is part of a name.
            guard !segments.contains(where: { $0.utf8.contains(UInt8(ascii: "/")) }),
                let page = self.settings.pages[path]
            else { return nil }
            request.notes?.found(operation: APISettings.operation(ofPage: path), at: "/\(path)")
            return page(request)
        }
    }

    // MARK: Running it

    /// Runs an endpoint, unless the limits stand against it; its answer says how the caller stands with them.
    private func run(
        _ route: RouteTable.Route, _ parameters: [(name: String, value: String)], _ request: APIRequest,
        _ requestID: String
    ) async throws -> APIResponse {
        request.notes?.found(operation: route.endpoint.operation, at: route.path)
        let usual = route.endpoint.limit
        let origin = self.origin(of: request, requestID)
        let call: Call
        do {
            call = try await self.identify(route, parameters, request, origin)
        } catch let refusal as Refusal where refusal.kind == .unauthenticated || refusal.kind == .notFound {
            // Whoever tries out tokens or addresses is a stranger; who tries out passes of guests signs in, so to speak.
            let limit = CallFactory(self.runtime).showsPass(request) ? EndpointLimit(.login) : usual
            let passage = try await self.gate.admit(limit, request, .anonymous, address: origin.address)
            var response = self.refuse(refusal, request, requestID)
            response.headers += passage.headers
            return response
        }
        request.notes?.found(call)
        // Guests are strangers with a pass: nobody knows how many of them are one.
        let limit = call.principal.guest == nil ? usual : EndpointLimit(.public)
        let passage = try await self.gate.admit(limit, request, call.principal, address: origin.address)
        var response: APIResponse
        do {
            response = try await RefusalWatch(self.runtime).whileRunning(route.endpoint, as: call) {
                try route.endpoint.checkGuest(call.principal, parameters)
                return try await self.perform(route, parameters, request, call)
            }
        } catch {
            response = self.refuse(error, request, requestID)
        }
        await self.gate.settle(passage, limit, isSuccess: response.status < 400)
        response.headers += passage.headers
        return response
    }

    /// Finds out who calls: by the secret in the address where there is one, else by the headers.
    private func identify(
        _ route: RouteTable.Route, _ parameters: [(name: String, value: String)], _ request: APIRequest,
        _ origin: Origin
    ) async throws -> Call {
        if let place = route.endpoint.secretPlace {
            let languages = RequestText.languages(request.header("accept-language"))
            return Call(
                organization: try place.secret(in: parameters).organization, principal: .anonymous, origin: origin,
                languages: languages)
        }
        let tolerates = route.endpoint.toleratesCredentials
        return try await RefusalWatch(self.runtime).whileIdentifying(request, for: route.endpoint, from: origin) {
            try await CallFactory(self.runtime).call(for: request, from: origin, isTolerant: tolerates)
        }
    }

    private func perform(
        _ route: RouteTable.Route, _ parameters: [(name: String, value: String)], _ request: APIRequest, _ call: Call
    ) async throws -> APIResponse {
        let endpoint = route.endpoint
        try endpoint.checkPerson(call.principal)
        var call = call
        // Before anything is said about the request: whoever may not do this learns nothing of what is wrong with it.
        try Invoker.authorize(endpoint.access, call, acceptsAPIKeys: endpoint.acceptsAPIKeys)
        try RequestShape.checkAccept(request, endpoint.form)
        if endpoint.form == .events { return try await self.live.open(route, parameters, request, call) }
        let conditions = try Conditions(request, for: endpoint)
        call.expectedVersions = try conditions.expectedVersions(of: endpoint)
        call.idempotency = try Self.idempotency(endpoint, request)
        var input = try Self.input(endpoint, parameters, request)
        if endpoint.signInMeans != nil, let notes = request.notes { call.signedIn = { notes.signedIn(by: $0) } }
        if endpoint.isPaged { input.seal = self.cursorSeal(endpoint, parameters, request, call) }
        let answer = try await endpoint.run(input, call, self.runtime.invoker, route.owner)
        let (encoded, isRead) = (answer.encoded, endpoint.method == .get)
        let tag =
            isRead || encoded.version != nil
            ? EntityTag(version: encoded.version, body: encoded.body, largest: endpoint.form.largestTagged) : nil
        let status = isRead ? try conditions.statusOfRead(encoded.status, tag: tag) : encoded.status
        var response =
            status == 304
            ? APIResponse(status: 304)
            : APIResponse(
                status: status, headers: [("content-type", endpoint.form.contentType)] + answer.headers,
                body: encoded.body)
        if let tag { response.headers.append(("etag", tag.text)) }
        if answer.isReplayed { response.headers.append(("idempotency-replayed", "true")) }
        return response
    }

    /// Signs the cursors of a list: for the organization, the list, and everything that was asked for but the place.
    private func cursorSeal(
        _ endpoint: Endpoint, _ parameters: [(name: String, value: String)], _ request: APIRequest, _ call: Call
    ) -> CursorSeal {
        let query = (RequestText.query(request.query) ?? []).filter { $0.name != "after" && $0.name != "limit" }
        return CursorSeal(
            keys: CursorKeys(self.runtime.keys), organization: call.organization,
            operation: endpoint.operation, filter: parameters + query)
    }

    private func origin(of request: APIRequest, _ requestID: String) -> Origin {
        self.notice.look(at: request, self.settings, self.logger)
        let userAgent = request.header("user-agent")
        return Origin(
            .http, address: ClientAddress.resolve(request, trusting: self.settings.trustedProxies),
            userAgent: userAgent,
            fingerprint: ClientFingerprint(
                userAgent: userAgent, languages: request.header("accept-language"),
                platform: request.header("sec-ch-ua-platform"), isMobile: request.header("sec-ch-ua-mobile")),
            requestID: requestID)
    }

    /// The key under which the call happens once, if there is one.
    private static func idempotency(_ endpoint: Endpoint, _ request: APIRequest) throws -> Idempotency? {
        guard endpoint.method == .post, let key = request.header("idempotency-key") else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RequestFault(400, "bad_idempotency_key", "Idempotency-Key must be 1 to 255 visible ASCII characters")
        }
        var digest = SHA256()
        digest.update(data: Array("\(request.method) \(request.path)?\(request.query ?? "")\n".utf8))
        digest.update(data: request.body)
        return Idempotency(key: key, fingerprint: Array(digest.finalize()), keepsAnswer: !endpoint.returnsSecret)
    }

    private static func input(
        _ endpoint: Endpoint, _ parameters: [(name: String, value: String)], _ request: APIRequest
    ) throws -> RequestInput {
        guard let query = RequestText.query(request.query) else {
            throw RequestFault(400, "bad_query", "the query of the request is not valid percent-encoded UTF-8")
        }
        let readsQuery = endpoint.method == .get || endpoint.method == .delete
        if !readsQuery, let first = query.first {
            throw InvalidInput(
                pointer: JSONPointer.appending(first.name, to: ""), code: "unknown_field",
                detail: "\(first.name) stands in the query; this operation takes its fields from the body")
        }
        guard !request.body.isEmpty else { return RequestInput(path: parameters, query: query) }
        guard !readsQuery else {
            throw RequestFault(
                400, "body_not_allowed", "\(endpoint.method.rawValue) takes its fields from the query, not from a body")
        }
        try RequestShape.checkBody(request)
        return RequestInput(path: parameters, query: query, body: try JSON(parsing: request.body))
    }

    static func json(_ status: Int, _ body: [UInt8]) -> APIResponse {
        APIResponse(status: status, headers: [("content-type", "application/json")], body: body)
    }

    // MARK: Refusing

    private func refuse(_ error: any Error, _ request: APIRequest, _ requestID: String) -> APIResponse {
        let (problem, headers) = ProblemMapping.problem(for: error, requestID: requestID)
        request.notes?.refused(problem.code)
        if problem.status >= 500 {
            // The route and never the path, in which there may be a secret.
            self.logger.error(
                "request failed",
                metadata: [
                    "method": "\(RequestLog.known(request.method) ?? "other")",
                    "route": "\(request.notes?.facts.route ?? "none")", "status": "\(problem.status)",
                    "request": "\(requestID)", "error": "\(error)",
                ])
        }
        return APIResponse(
            status: problem.status, headers: [("content-type", "application/problem+json")] + headers,
            body: problem.encoded)
    }

    /// A problem for a request that never reached the API: too large, too slow, not HTTP.
    public func transportProblem(_ status: Int, _ code: String, _ detail: String) -> APIResponse {
        let requestID = self.makeRequestID()
        let (problem, _) = ProblemMapping.problem(for: RequestFault(status, code, detail), requestID: requestID)
        let headers = [(name: "content-type", value: "application/problem+json"), ("x-request-id", requestID)]
        return APIResponse(status: status, headers: headers + self.standingHeaders, body: problem.encoded)
    }

    private func makeRequestID() -> String {
        let number = self.runtime.random.next()
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
