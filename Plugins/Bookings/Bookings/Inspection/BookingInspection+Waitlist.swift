internal import AlmanacStorage
internal import BookingsAPI

extension BookingInspection {
    /// The waitlist as an inspection reads it.
    struct Waitlist: Sendable {
        let entries: [InspectedEntry]
        let offers: [ID<WaitlistEntry>: [InspectedOffer]]
        let holds: [ID<Hold>: InspectedOfferHold]

        init(of organization: OrganizationID, in tx: ReadTransaction) throws {
            self.entries = try tx.fetchAll(
                """
                SELECT \(InspectedEntry.columns) FROM \(WaitlistSchema.entry)
                WHERE organization_id = \(organization) ORDER BY id
                """)
            let offers = try tx.fetchAll(
                """
                SELECT \(InspectedOffer.columns) FROM \(WaitlistSchema.offer)
                WHERE organization_id = \(organization) ORDER BY entry_id, id
                """, as: InspectedOffer.self)
            self.offers = Dictionary(grouping: offers, by: \.entry)
            let holds = try tx.fetchAll(
                """
                SELECT \(InspectedOfferHold.columns) FROM \(BookingsSchema.hold)
                WHERE organization_id = \(organization) AND waitlist_entry_id IS NOT NULL
                """, as: InspectedOfferHold.self)
            self.holds = Dictionary(holds.map { ($0.id, $0) }) { first, _ in first }
        }
    }

    /// Entries that do not stand where their offers and holds say, and offers that two have or nobody.
    func brokenOffers() -> [BookingViolation] {
        var found = self.waitlist.entries.compactMap { entry in
            self.fault(of: entry, self.waitlist.offers[entry.id] ?? []).map {
                BookingViolation(.waitlist, of: entry.id, $0)
            }
        }
        let offered = Dictionary(grouping: self.waitlist.entries.filter { $0.hold != nil }, by: \.hold)
        for (hold, entries) in offered where entries.count > 1 {
            guard let hold else { continue }
            found.append(BookingViolation(.waitlist, of: hold, "is offered to \(entries.count) at once"))
        }
        for hold in self.waitlist.holds.values.sorted(by: { $0.id < $1.id }) where hold.endedAt == nil {
            guard self.now < hold.expiresAt, offered[hold.id] == nil else { continue }
            found.append(BookingViolation(.waitlist, of: hold.id, "is kept for somebody to whom it is not offered"))
        }
        return found
    }

    private func fault(of entry: InspectedEntry, _ offers: [InspectedOffer]) -> String? {
        let open = offers.filter { $0.outcome == .open }
        let accepted = offers.filter { $0.outcome == .accepted }
        let waits = Set(offers.filter { $0.outcome == .declined || $0.outcome == .lapsed }.map(\.start))
        guard waits.count == offers.filter({ $0.outcome == .declined || $0.outcome == .lapsed }).count else {
            return "was offered again what was declined or had lapsed"
        }
        guard entry.status == .offered else {
            if !open.isEmpty { return "is \(entry.status.rawValue) and has an open offer" }
            if entry.hold != nil { return "is \(entry.status.rawValue) and something is kept for it" }
            guard entry.status == .booked else {
                return accepted.isEmpty ? nil : "accepted an offer and has no booking"
            }
            return self.fault(ofBooked: entry, accepted)
        }
        guard open.count == 1, let offer = open.first else { return "has \(open.count) open offers" }
        guard accepted.isEmpty, entry.booking == nil else { return "accepted one offer and has another" }
        guard entry.hold == offer.hold else { return "has other than was offered" }
        // Holds are removed a while after they are over; whether one was booked or given up is asked of those that are.
        guard let hold = self.waitlist.holds[offer.hold] else {
            return self.now < offer.expiresAt ? "has an offer that nothing keeps" : nil
        }
        guard hold.entry == entry.id, hold.person == entry.person else {
            return "has an offer that is kept for another"
        }
        guard hold.seats == entry.seats else { return "waits for \(entry.seats) seats and is offered \(hold.seats)" }
        guard hold.eventType == entry.eventType, entry.session.map({ $0 == hold.session }) ?? true else {
            return "is offered something else than it waits for"
        }
        // A session that is moved takes along what is kept of it.
        guard hold.session != nil || hold.start == offer.start, hold.expiresAt == offer.expiresAt,
            offer.expiresAt <= offer.start
        else { return "is offered another time than is kept" }
        // What was given back with the session is noted by a job.
        guard hold.booking == nil else { return "has an offer that was booked" }
        return nil
    }

    private func fault(ofBooked entry: InspectedEntry, _ accepted: [InspectedOffer]) -> String? {
        guard accepted.count == 1, let offer = accepted.first else { return "has accepted \(accepted.count) offers" }
        guard let booking = entry.booking else { return "is booked and says not what" }
        guard self.bookings.contains(where: { $0.id == booking }) else {
            return "has become a booking that is not there"
        }
        guard let hold = self.waitlist.holds[offer.hold] else { return nil }
        return hold.booking == booking ? nil : "has become another booking than was made of its offer"
    }
}
