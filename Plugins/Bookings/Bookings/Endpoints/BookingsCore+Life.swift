internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// What becomes of bookings once they are made.
    @ContributionBuilder var lifeContributions: Contributions {
        Endpoint.post(
            "/bookings/{id}/approve", self.approveBooking, status: 200, "Approves a booking that waits for it."
        ).inProduct()
        Endpoint.post(
            "/bookings/{id}/reject", self.rejectBooking, status: 200, "Rejects a booking that is pending."
        ).inProduct()
        Endpoint.post("/bookings/{id}/start", self.startBooking, status: 200, "Notes that a booking has begun.")
            .inProduct()
        Endpoint.post(
            "/bookings/{id}/complete", self.completeBooking, status: 200, "Notes that a booking has taken place."
        ).inProduct()
        Endpoint.post(
            "/bookings/{id}/no-show", self.missBooking, status: 200, "Notes that the customer did not come."
        ).inProduct()
        Endpoint.get("/bookings/{id}/changes", self.listChanges, "Lists what happened to a booking, the oldest first.")
            .forGuests().inProduct()
        Endpoint.get(
            "/bookings/{id}/consequences", self.readConsequences, "Tells what changing a booking now would cost."
        ).forGuests().inProduct()
        Requirement(BookingLife.approvalName, for: BookingProposal.self) { proposal, _ in proposal.needsApproval }
        self.pending.lapsing
    }

    var approveBooking: Command<ApproveBooking, BookingView> {
        Command("bookings.approve", .permission(.approveBooking)) { [pending] input, call, tx in
            try pending.approve(input, call, in: tx)
        }
    }

    var rejectBooking: Command<RejectBooking, BookingView> {
        Command("bookings.reject", .permission(.approveBooking)) { [pending] input, call, tx in
            try pending.reject(input, call, in: tx)
        }
    }

    var startBooking: Command<StartBooking, BookingView> {
        Command("bookings.start", .permission(.startBooking)) { [life] input, call, tx in
            try life.start(input, call, in: tx)
        }
    }

    var completeBooking: Command<CompleteBooking, BookingView> {
        Command("bookings.complete", .permission(.completeBooking)) { [life] input, call, tx in
            try life.complete(input, call, in: tx)
        }
    }

    var missBooking: Command<MissBooking, BookingView> {
        Command("bookings.no-show", .permission(.markNoShow)) { [life] input, call, tx in
            try life.miss(input, call, in: tx)
        }
    }

    var readConsequences: Query<BookingByID, BookingConsequences> {
        Query("bookings.consequences", .permission(.readBooking)) { [reader] input, call, tx in
            try reader.consequences(input.id, call, in: tx)
        }
    }

    var listChanges: Query<ListBookingChanges, Page<BookingChangeView>> {
        Query("bookings.changes", .permission(.readBooking)) { [history] input, call, tx in
            try history.list(input, call, in: tx)
        }
    }
}
