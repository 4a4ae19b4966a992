internal import AlmanacKernel

/// For which guests an endpoint is open.
struct GuestPlace: Sendable {
    /// What the guest's pass must lead to.
    let type: String
    /// The parameter of the path that names it; `nil` where the pass itself says which one is meant.
    let parameter: String?
}

extension Endpoint {
    /// The same endpoint, open to guests whose pass leads to the object that it is about.
    ///
    /// What needs a permission is closed to guests unless it says this; what is open to everyone is open to them too.
    ///
    /// - Parameters:
    ///   - type: What the pass must lead to, as audit entries name it: `booking`.
    ///   - parameter: The parameter of the path that names the object; left out where the operation takes the object
    ///     from the pass.
    /// - Returns: The endpoint, which refuses a guest with a pass to anything else as if that were not there.
    public func openToGuests(of type: String, by parameter: String? = nil) -> Endpoint {
        var endpoint = self
        endpoint.guestPlace = GuestPlace(type: type, parameter: parameter)
        return endpoint
    }

    /// Refuses a guest whose pass does not lead to what a request is about.
    func checkGuest(_ principal: Principal, _ parameters: [(name: String, value: String)]) throws(Refusal) {
        guard let guest = principal.guest else { return }
        if case .everyone = self.access { return }
        guard let place = self.guestPlace else { throw Refusal.forbidden() }
        let objects = guest.objects.filter { $0.type == place.type }
        guard !objects.isEmpty else { throw Refusal.forbidden() }
        guard let name = place.parameter else { return }
        // Nobody learns whether there is another one.
        guard let named = parameters.first(where: { $0.name == name })?.value.lowercased(),
            objects.contains(where: { named.utf8.elementsEqual($0.id.utf8) })
        else { throw Refusal.notFound(place.type) }
    }
}
