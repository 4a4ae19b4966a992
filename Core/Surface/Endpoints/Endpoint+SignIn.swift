public import AlmanacKernel

extension Endpoint {
    /// The same endpoint, whose calls are counted as sign-ins at `/metrics`, with their outcome.
    ///
    /// - Parameter means: With what callers show who they are there.
    /// - Returns: The endpoint, which is counted.
    public func countingSignIns(_ means: SignInMeans) -> Endpoint {
        var endpoint = self
        endpoint.signInMeans = means
        return endpoint
    }
}
