internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Waiting for what is taken.
    @ContributionBuilder var waitlistContributions: Contributions {
        Endpoint.post("/waitlist", self.joinWaitlist, "Waits for something that is taken.").inProduct()
        Endpoint.get("/waitlist", self.listWaitlist, "Lists who waits for what, the oldest entry first.").inProduct()
        Endpoint.document(
            "/waitlist/export", self.exportWaitlist, as: .csv, "Gives who waits for what as a file, as they rank."
        ).inProduct()
        Endpoint.get("/waitlist/{id}", self.readWaitlist, "Shows an entry of the waitlist.").forWaitingGuests()
            .inProduct()
        Endpoint.delete("/waitlist/{id}", self.leaveWaitlist, "Ends an entry of the waitlist.").forWaitingGuests()
            .inProduct()
        Endpoint.post("/waitlist/{id}/accept", self.acceptOffer, "Makes a booking of what is offered.").inProduct()
        Endpoint.post(
            "/waitlist/{id}/decline", self.declineOffer, status: 200, "Gives back what is offered, for the next."
        ).forWaitingGuests().inProduct()
        Endpoint.put("/waitlist/{id}/priority", self.prioritizeEntry, "Says who comes first of those who wait.")
            .inProduct()
        self.waitlistWork
    }

    /// Whatever may free something has those who wait be looked at.
    @ContributionBuilder private var waitlistWork: Contributions {
        self.filler.job
        Schedule("fill-waitlists", "*/5 * * * *") { [alarm = self.alarm] _, context in
            // Dates come within the booking window, holds lapse, clocks of hosts differ: nobody tells of these.
            try await context.finish { tx in try alarm.ring(for: nil, in: tx) }
        }
        On<BookingCancelled>("waitlist") { [alarm = self.alarm] _, tx in try alarm.ring(for: nil, in: tx) }
        On<BookingRejected>("waitlist") { [alarm = self.alarm] _, tx in try alarm.ring(for: nil, in: tx) }
        On<BookingSeatsChanged>("waitlist") { [alarm = self.alarm] _, tx in try alarm.ring(for: nil, in: tx) }
        On<BookingRescheduled>("waitlist") { [alarm = self.alarm] _, tx in try alarm.ring(for: nil, in: tx) }
        Violation(of: "waitlist_entry_customer_person_id_fingerprint_key", Refusal.alreadyWaiting)
    }

    var joinWaitlist: Command<JoinWaitlist, WaitlistEntryView> {
        Command("waitlist.join", .permission(.joinWaitlist)) { [waitlist] input, call, tx in
            try waitlist.join(input, call, in: tx)
        }
    }

    var listWaitlist: Query<ListWaitlist, Page<WaitlistEntryView>> {
        Query("waitlist.list", .permission(.readWaitlist)) { [waitlist] input, call, tx in
            try waitlist.reader.list(input, call, in: tx)
        }
    }

    var exportWaitlist: Query<Nothing, Document> {
        Query("waitlist.export", .permission(.readWaitlist)) { [catalogs] _, call, tx in
            try SessionExport(catalogs: catalogs).waitlist(call, in: tx)
        }
    }

    var readWaitlist: Query<WaitlistEntryByID, WaitlistEntryView> {
        Query("waitlist.read", .permission(.readWaitlist)) { [waitlist] input, call, tx in
            try waitlist.reader.find(input.id, call, in: tx)
        }
    }

    var leaveWaitlist: Command<WaitlistEntryByID, Nothing> {
        Command("waitlist.withdraw", .permission(.joinWaitlist)) { [waitlist] input, call, tx in
            try waitlist.withdraw(input, call, in: tx)
            return Nothing()
        }
    }

    var acceptOffer: Command<AcceptOffer, BookingView> {
        Command("waitlist.accept", .permission(.joinWaitlist)) { [waitlist] input, call, tx in
            try waitlist.accept(input, call, in: tx)
        }
    }

    var declineOffer: Command<WaitlistEntryByID, WaitlistEntryView> {
        Command("waitlist.decline", .permission(.joinWaitlist)) { [waitlist] input, call, tx in
            try waitlist.decline(input, call, in: tx)
        }
    }

    var prioritizeEntry: Command<PrioritizeEntry, WaitlistEntryView> {
        Command("waitlist.prioritize", .permission(.manageWaitlist)) { [waitlist] input, call, tx in
            try waitlist.prioritize(input, call, in: tx)
        }
    }
}

extension Endpoint {
    /// The same endpoint, open to guests whose token leads to the entry `{id}` of its path.
    func forWaitingGuests() -> Endpoint { self.openToGuests(of: WaitlistRow.objectType, by: "id") }
}
