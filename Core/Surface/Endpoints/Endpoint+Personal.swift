internal import AlmanacKernel

extension Endpoint {
    /// Refuses a caller who works as somebody else and asks for what that user alone may do.
    ///
    /// What asks for no permission but for somebody who has signed in changes that user's own account: password,
    /// sessions, factors, keys. Whoever adds such an endpoint need not remember those who work as others.
    func checkPerson(_ principal: Principal) throws {
        guard case .signedIn = self.access, self.method != .get, principal.onBehalfOf != nil else { return }
        throw Refusal.impersonated
    }
}
