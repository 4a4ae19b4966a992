extension Endpoint {
    /// Whether callers say in `If-Match` which version of the object they have seen.
    ///
    /// This is the one place that decides it, for what is asked of requests and for what the API's document says. Who
    /// replaces, changes or removes something must say it, unless the endpoint is declared ``unversioned(because:)``.
    /// Who does something with an object that has a version may say it. What makes a new object, and what only reads,
    /// has nothing to match.
    var precondition: OperationDescription.Precondition {
        if self.unversionedReason != nil { return .none }
        switch self.method {
        case .put, .patch, .delete: return .required
        case .post: return self.changesState && self.isVersioned && self.status != 201 ? .optional : .none
        case .get: return .none
        }
    }

    /// The same endpoint for an object that has no version: nobody can be asked which one they have seen.
    ///
    /// - Parameter reason: Why there is none, as a sentence; the API's document says it.
    /// - Returns: The endpoint, which takes no `If-Match`.
    public func unversioned(because reason: StaticString) -> Endpoint {
        var endpoint = self
        endpoint.unversionedReason = "\(reason)"
        return endpoint
    }

    /// The same endpoint for which a token that is unknown or has expired counts as none.
    ///
    /// For what is public and proves in its own way who asks, as by a refresh token: clients send the header they have,
    /// and it has expired just when they come.
    ///
    /// - Returns: The endpoint, which is public.
    func toleratingCredentials() -> Endpoint {
        var endpoint = self
        endpoint.toleratesCredentials = true
        return endpoint
    }
}

extension Endpoint {
    /// The same endpoint, which may also answer that there is nothing of what its input names.
    public func answeringNotFound() -> Endpoint { self.answering(problem: 404) }

    /// The same endpoint, which may refuse with 403 although it is open to everyone: where that is for others to say.
    public func answeringForbidden() -> Endpoint { self.answering(problem: 403) }

    private func answering(problem status: Int) -> Endpoint {
        var endpoint = self
        endpoint.problemStatuses.append(status)
        return endpoint
    }
}
