public import AlmanacKernel

/// How often an endpoint may be called: the class whose limits hold for it, and what is counted.
public struct EndpointLimit: Sendable, Equatable {
    /// The class whose limits hold.
    public let rateClass: RateClass
    /// The text field of the body that names whom a request is about, as `email`: counted across all callers.
    public let identifier: String?
    /// Whether a call that succeeds is not counted for its address: where many people share one and only failures are
    /// suspicious.
    public let sparesSuccesses: Bool

    /// Describes how an endpoint is limited.
    public init(_ rateClass: RateClass, identifier: String? = nil, sparesSuccesses: Bool = false) {
        self.rateClass = rateClass
        self.identifier = identifier
        self.sparesSuccesses = sparesSuccesses
    }
}

extension Endpoint {
    /// The same endpoint, limited otherwise than its method and access suggest.
    ///
    /// - Parameters:
    ///   - rateClass: The class whose limits hold.
    ///   - identifier: The text field of the body that names whom a request is about, as `email`.
    ///   - sparesSuccesses: Whether a call that succeeds is not counted for its address.
    /// - Returns: The endpoint with this limit.
    public func limited(
        _ rateClass: RateClass, identifier: String? = nil, sparesSuccesses: Bool = false
    ) -> Endpoint {
        var endpoint = self
        endpoint.declaredLimit = EndpointLimit(
            rateClass, identifier: identifier, sparesSuccesses: sparesSuccesses)
        return endpoint
    }

    /// How the endpoint is limited: as it was declared, or as follows from what it is.
    ///
    /// What needs somebody who has signed in is of the class `reads` when it only reads and of `writes` otherwise; what
    /// anybody may do is `public`. Of the product's own, what anybody may do under `/auth` is `login`, so that nobody
    /// has to remember it when another way to sign in is added.
    public var limit: EndpointLimit {
        if let declared = self.declaredLimit { return declared }
        guard case .everyone = self.access else {
            return EndpointLimit(self.method == .get && !self.changesState ? .reads : .writes)
        }
        guard case .product = self.mount, self.path.hasPrefix("/auth/") else { return EndpointLimit(.public) }
        return EndpointLimit(.login, identifier: "email")
    }
}
