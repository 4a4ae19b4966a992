internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Keeps time for people without an account; each in the caller's transaction.
///
/// Nothing is asked of whoever wants time to decide, so that nothing personal is kept of those who do not book: a hold
/// belongs to a person who is made when it is booked. Its token leads to the hold alone. How much all of them hold
/// together is limited, and a hold of theirs cannot be made to last longer.
struct GuestHolds: Sendable {
    let core: BookingsCore
    let access: GuestAccess

    /// For how long after its end a guest still learns what has become of a hold.
    private static let memoryMinutes: Int64 = 60

    /// What guests may do with what they hold, and with the booking that they make of it.
    private static let permissions = GuestAccess.permissions.union([.createBooking])

    /// Keeps a slot, or seats of a session.
    func create(_ input: CreateGuestHold, in tx: Transaction) throws -> GuestHold {
        let (holder, secret, call) = try self.admit(toBook: input.eventType, in: tx)
        return self.answer(try self.core.holds.create(input.booking, for: holder, call, in: tx), [], secret)
    }

    /// Keeps all times of a series.
    func createSeries(_ input: HoldGuestSeries, in tx: Transaction) throws -> GuestHold {
        let (holder, secret, call) = try self.admit(toBook: input.eventType, in: tx)
        let made = try self.core.seriesHolds.create(input.series, for: holder, call, in: tx)
        return self.answer(made.hold, made.conflicts, secret)
    }

    /// Goes on as somebody of whom nothing is known but what they are going to be called.
    private func admit(toBook eventType: String, in tx: Transaction) throws -> (Holder, AddressSecret, Call) {
        try self.access.requireOpen(eventType, in: self.core.catalogs.current(in: tx.reading), tx.reading)
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let secret = AddressSecret(for: organization, random: self.access.random)
        let person: ID<Person> = tx.id()
        let call = try tx.admit(Guest(person: person, objects: [], permissions: Self.permissions))
        return (Holder(guest: person, accessDigest: secret.digest), secret, call)
    }

    private func answer(_ hold: HoldView, _ conflicts: [SeriesConflict], _ secret: AddressSecret) -> GuestHold {
        GuestHold(
            hold: hold, conflicts: conflicts, accessToken: secret.reveal(),
            accessExpiresAt: hold.expiresAt.adding(minutes: Self.memoryMinutes))
    }

    /// The guest who shows the token of a hold; `nil` when there is none, or it is over for long.
    func guest(_ digest: [UInt8], in tx: ReadTransaction) throws -> Guest? {
        guard let hold = try HoldRow.all(openedBy: digest, in: tx).first,
            tx.now < hold.expiresAt.adding(minutes: Self.memoryMinutes)
        else { return nil }
        return Guest(person: hold.customerPerson, objects: [hold.object], permissions: Self.permissions)
    }
}
