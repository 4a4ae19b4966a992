internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// For whom time is kept: a customer, or somebody without an account who makes themselves known when they book it.
struct Holder: Sendable {
    let booker: Booker
    /// What is stored of the token with which a guest reaches what is kept; `nil` for customers, who sign in.
    let accessDigest: [UInt8]?

    /// A customer, or who is going to be one.
    init(_ booker: Booker) {
        self.booker = booker
        self.accessDigest = nil
    }

    /// Somebody without an account, who is going to be this person.
    init(guest person: ID<Person>, accessDigest: [UInt8]) {
        self.booker = Booker(customer: nil, person: person)
        self.accessDigest = accessDigest
    }

    /// What is locked while holds are counted and made.
    func locks(_ call: Call) -> [LockKey] {
        [.customer(self.booker.person)] + (self.accessDigest == nil ? [] : [.guestHolds(of: call.organization)])
    }

    /// Refuses to keep time for somebody who was erased; their lock is held.
    ///
    /// Of a guest there is nothing yet that could have been.
    func requirePerson(_ customers: Customers, in tx: Transaction) throws {
        if self.accessDigest == nil { _ = try customers.name(of: self.booker, in: tx.reading) }
    }

    /// Refuses one hold more than there may be; the locks are held.
    ///
    /// Customers have so many holds, a series counting as one. Guests cannot be told apart, so that the slots of all of
    /// them are counted together: what strangers can keep from others is bounded, however often they ask.
    ///
    /// - Throws: ``Refusal`` with code `too_many_holds`.
    func requireRoom(
        for slots: Int, under settings: Bookings.Settings.Defaults, _ call: Call, in tx: Transaction
    ) throws {
        guard self.accessDigest == nil else {
            let count = try self.count("*", where: "access_digest IS NOT NULL", call, in: tx)
            guard count + slots <= settings.guestHeldSlots else { throw Refusal.tooManyGuestHolds }
            return
        }
        let most = settings.holdsPerCustomer
        let count = try self.count(
            "DISTINCT coalesce(series_id, id)",
            where: "customer_person_id = \(self.booker.person) AND waitlist_entry_id IS NULL", call, in: tx)
        guard count < most else {
            throw Refusal(
                .conflict, "too_many_holds",
                "\(most == 1 ? "one hold is" : "\(most) holds are") allowed at a time: book or give one up first",
                details: ["most": .number(JSONNumber(most))])
        }
    }

    private func count(_ what: SQL, where condition: SQL, _ call: Call, in tx: Transaction) throws -> Int {
        try tx.value(
            """
            SELECT count(\(what)) FROM \(BookingsSchema.hold)
            WHERE organization_id = \(call.organization) AND ended_at IS NULL AND expires_at > \(tx.now)
                AND \(condition)
            """, as: Int.self) ?? 0
    }
}

extension Refusal {
    /// How many there may be is nobody's business.
    fileprivate static let tooManyGuestHolds = Refusal(
        .conflict, "too_many_holds",
        "too much is held by people without an account at present: book at once, or sign in to hold it")
}
