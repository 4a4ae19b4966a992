internal import AlmanacKernel
internal import AlmanacStorage
internal import Logging
internal import Metrics

/// Stands before the endpoints and lets through what the limits allow.
struct LimitGate: Sendable {
    let limiter: RateLimiter
    /// What `RateLimit-Policy` says of each policy, by name.
    private let items: [String: String]

    init(
        _ limits: RateLimits, clock: any WallClock, logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory, hosts database: Database? = nil
    ) {
        self.limiter = RateLimiter(limits, clock: clock, logger: logger, metrics: metrics, hosts: database)
        self.items = Dictionary(
            self.limiter.policies.map { ($0.name, Self.item($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// What became of a request at the gate.
    struct Passage: Sendable {
        fileprivate let admission: Admission
        /// What the answer says about limits, whatever it is; nothing where none applies.
        let headers: [(name: String, value: String)]
    }

    /// Decides on a request.
    ///
    /// - Throws: ``RequestFault`` 429 `rate_limited` when it has to wait.
    func admit(
        _ limit: EndpointLimit, _ request: APIRequest, _ principal: Principal, address: String?
    ) async throws(RequestFault) -> Passage {
        guard self.limiter.isLimited(limit.rateClass) else { return Self.free }
        let admission = await self.limiter.decide(
            limit.rateClass,
            LimitedCaller(
                user: principal.user, address: address.flatMap { NetworkAddress($0) },
                identifier: self.identifier(limit, request)))
        let headers = self.headers(admission)
        guard let strictest = admission.strictest else { return Passage(admission: admission, headers: headers) }
        let seconds = admission.retryAfterSeconds
        throw RequestFault(
            429, "rate_limited", Self.detail(strictest, seconds), headers: [("retry-after", "\(seconds)")] + headers)
    }

    /// Settles a request that was let through, once its outcome is known.
    func settle(_ passage: Passage, _ limit: EndpointLimit, isSuccess: Bool) async {
        if isSuccess, limit.sparesSuccesses { await self.limiter.settle(passage.admission, sparing: .address) }
    }

    private static let free = Passage(admission: .unlimited, headers: [])

    /// What the request names, as far as that can be read; the endpoint refuses what cannot.
    private func identifier(_ limit: EndpointLimit, _ request: APIRequest) -> String? {
        guard let field = limit.identifier, self.limiter.usesIdentifiers(limit.rateClass) else { return nil }
        guard let body = try? JSON(parsing: request.body), let named = body[field]?.string else { return nil }
        // Whoever shows a device token is counted apart, so that strangers who use up what an account may do do not shut
        // its owner out. It need not be a true one: the pace of sign-ins, which knows, stands behind this limit.
        guard let device = body["deviceToken"]?.string, DeviceToken(device) != nil else { return named }
        return "\(named) \(device)"
    }

    private static func detail(_ policy: LimitPolicy, _ seconds: Int64) -> String {
        let who =
            switch policy.subject {
            case .user: "by you"
            case .key: "with this API key"
            case .address: "from your network address"
            case .identifier: "for this account"
            }
        let time = seconds == 1 ? "1 second" : "\(seconds) seconds"
        return "too many requests \(who): \(policy.limit) are allowed; try again in \(time)"
    }

    // MARK: Headers

    /// `RateLimit-Policy` and `RateLimit` as structured fields (draft-ietf-httpapi-ratelimit-headers-11, RFC 9651).
    ///
    /// `t` is the time until one more request is allowed than `r` says, so that in it no more than `r` can be sent.
    private func headers(_ admission: Admission) -> [(name: String, value: String)] {
        guard !admission.standings.isEmpty else { return [] }
        let policies = admission.standings.compactMap { self.items[$0.policy.name] }
        let limits = admission.standings.map { "\"\($0.policy.name)\";r=\($0.remaining);t=\($0.secondsUntilMore)" }
        return [
            ("ratelimit-policy", policies.joined(separator: ", ")), ("ratelimit", limits.joined(separator: ", ")),
        ]
    }

    private static func item(_ policy: LimitPolicy) -> String {
        let limit = policy.limit
        let item = "\"\(policy.name)\";q=\(limit.requests);w=\(limit.seconds)"
        return limit.burst == limit.requests ? item : "\(item);almanac-burst=\(limit.burst)"
    }
}
