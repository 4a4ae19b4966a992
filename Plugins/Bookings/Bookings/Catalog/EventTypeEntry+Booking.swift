internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension EventTypeEntry {
    /// Whether a provider gives it and is able to.
    func isGiven(by provider: ProviderEntry) -> Bool {
        self.providers.contains(provider.id) && self.assignment.hosting.attributes.admits(provider.attributes)
    }

    /// What is asked of sessions with several seats; `nil` when every booking has its host to itself.
    ///
    /// - Throws: ``Refusal`` when a session has fewer seats than are wanted.
    func group(seats: Int) throws -> GroupTerms? {
        let capacity = self.assignment.capacity
        guard seats <= capacity else {
            throw Refusal.invalid(
                "/seats", "too_many_seats",
                capacity == 1 ? "this is for one at a time" : "this has \(capacity) seats in all")
        }
        return capacity > 1 ? GroupTerms(eventType: self.id, capacity: capacity, seats: seats) : nil
    }

    /// What so many seats cost; neither number can be large enough to overflow.
    func price(seats: Int) throws -> Money {
        seats == 1 ? self.price : try Money(amount: self.price.amount * seats, currency: self.price.currency)
    }
}

extension AssignmentRules {
    /// Refuses a choice of a host that the event type does not leave to whoever asks.
    func checkChoice(of named: ID<Provider>?, by call: Call?) throws {
        if self.hosting.mode == .all {
            guard named == nil else {
                throw Refusal.invalid(
                    "/provider", "provider_not_chosen",
                    "everybody who gives this gives it together: leave `provider` out")
            }
            return
        }
        if call?.isByStaff(.createBooking) ?? false { return }
        switch (self.hosting.choice, named) {
        case (.timeOnly, _?):
            throw Refusal.invalid(
                "/provider", "provider_not_chosen", "only the time can be chosen here: leave `provider` out")
        case (.providerFirst, nil):
            throw Refusal.invalid("/provider", "required", "say with whom: GET /slots lists who is free")
        default: break
        }
    }
}
