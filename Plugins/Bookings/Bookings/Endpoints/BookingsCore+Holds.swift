internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Keeping a slot for a few minutes.
    @ContributionBuilder var holdEndpoints: Contributions {
        Endpoint.post("/holds", self.createHold, "Keeps a slot for some minutes, to be booked with `hold`.").inProduct()
        Endpoint.get("/holds/{id}", self.readHold, "Shows a hold.").forHolders().inProduct()
        Endpoint.delete("/holds/{id}", self.releaseHold, "Gives a hold up.").forHolders().inProduct()
            .unversioned(because: "a hold is not edited, so that nobody can have missed a change.")
    }

    var createHold: Command<CreateHold, HoldView> {
        Command("holds.create", .permission(.createBooking)) { [holds] input, call, tx in
            try holds.create(input, call, in: tx)
        }
    }

    var readHold: Query<HoldByID, HoldView> {
        Query("holds.read", .permission(.createBooking)) { [holds] input, _, tx in try holds.find(input.id, in: tx) }
    }

    var releaseHold: Command<HoldByID, Nothing> {
        Command("holds.release", .permission(.createBooking)) { [holds] input, call, tx in
            try holds.release(input.id, call, in: tx)
            return Nothing()
        }
    }
}

extension Endpoint {
    /// The same endpoint, open to guests whose token leads to the hold `{id}` of its path.
    fileprivate func forHolders() -> Endpoint { self.openToGuests(of: Holds.objectType, by: "id") }
}
