extension Endpoint {
    /// The same endpoint, whose answer holds a secret that is shown once, as a key or a recovery code.
    ///
    /// Its answer is not kept for repeated calls: a call with an idempotency key happens once, and a second one with the
    /// key is refused. What signs somebody in needs no such declaration: nothing of that is ever kept.
    ///
    /// - Returns: The endpoint, whose answers are never stored.
    public func returningSecret() -> Endpoint {
        var endpoint = self
        endpoint.returnsSecret = true
        return endpoint
    }
}
