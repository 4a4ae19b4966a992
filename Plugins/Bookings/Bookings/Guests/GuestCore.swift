internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What people without an account can do, put together once.
struct GuestCore: Sendable {
    let access: GuestAccess
    let bookings: GuestBookings
    let joining: GuestJoining
    let holds: GuestHolds
    let waitlist: GuestWaitlist

    init<P: Plugin>(kernel: Kernel<P>, core: BookingsCore) {
        self.access = GuestAccess(defaults: kernel.organizationSettings(), random: kernel.random)
        self.bookings = GuestBookings(core: core, access: self.access, people: kernel.people)
        self.joining = GuestJoining(
            core: core, access: self.access, people: kernel.people, waits: GuestWaits(offers: core.waitlist.offers))
        self.holds = GuestHolds(core: core, access: self.access)
        self.waitlist = GuestWaitlist(core: core, access: self.access, people: kernel.people)
    }

    /// Everything that belongs to it.
    @ContributionBuilder var contributions: Contributions {
        GuestPasses(GuestAccess.scheme) { [access, holds, waitlist] digest, tx in
            try access.guest(digest, in: tx) ?? holds.guest(digest, in: tx) ?? waitlist.guest(digest, in: tx)
        }
        self.waitlist.contributions
        Self.flow
        Endpoint.post("/guest-bookings", self.create, "Books a slot for somebody without an account.")
            .limited(.reset, identifier: "email").returningSecret().answeringForbidden().inProduct()
        Endpoint.post("/guest-booking-series", self.createSeries, "Books a series for somebody without an account.")
            .limited(.reset, identifier: "email").returningSecret().answeringForbidden().inProduct()
        Endpoint.post("/guest-holds", self.hold, "Keeps a slot for some minutes for somebody without an account.")
            .limited(.reset).returningSecret().answeringForbidden().inProduct()
        Endpoint.post(
            "/guest-booking-series/holds", self.holdSeries,
            "Keeps all times of a series for some minutes for somebody without an account."
        ).limited(.reset).returningSecret().answeringForbidden().inProduct()
        Endpoint.get(
            "/guest-bookings/current", self.current, "Shows the booking to which the token leads, of a series the next."
        ).openToGuests(of: BookingLife.objectType).answeringNotFound().inProduct()
        Endpoint.post(
            "/guest-access", self.send, status: 202, "Has access to a booking mailed to the guest who made it."
        ).limited(.reset, identifier: "email").inProduct()
        Endpoint.post(
            "/bookings/{id}/guest-access", self.renew, status: 202,
            "Has new access to a booking mailed to the guest who made it; what they had ends."
        ).inProduct()
        Endpoint.post(
            "/bookings/{id}/guest-email", self.changeEmail, status: 200,
            "Changes where mail goes to the guest who made a booking."
        ).inProduct()
        Endpoint.post(
            "/me/guest-bookings", self.join, status: 200,
            "Takes what the caller has booked, and waits for, without an account into the account."
        ).inProduct()
    }

    private var create: Command<CreateGuestBooking, GuestBooking> {
        Command("guest-bookings.create", .everyone) { [bookings] input, call, tx in
            try bookings.create(input, call, in: tx)
        }
    }

    private var createSeries: Command<CreateGuestSeries, GuestSeries> {
        Command("guest-booking-series.create", .everyone) { [bookings] input, call, tx in
            try bookings.createSeries(input, call, in: tx)
        }
    }

    private var hold: Command<CreateGuestHold, GuestHold> {
        Command("guest-holds.create", .everyone) { [holds] input, _, tx in try holds.create(input, in: tx) }
    }

    private var holdSeries: Command<HoldGuestSeries, GuestHold> {
        Command("guest-booking-series.hold", .everyone) { [holds] input, _, tx in
            try holds.createSeries(input, in: tx)
        }
    }

    private var current: Query<Nothing, BookingView> {
        Query("guest-bookings.current", .permission(.readBooking)) { [bookings] _, call, tx in
            try bookings.current(call, in: tx)
        }
    }

    private var send: Command<RequestGuestAccess, Nothing> {
        Command("guest-access.send", .everyone) { [bookings] input, call, tx in
            try bookings.send(input, call, in: tx)
            return Nothing()
        }
    }

    private var renew: Command<BookingByID, Nothing> {
        Command("guest-access.renew", .permission(.updateBooking)) { [bookings] input, call, tx in
            try bookings.renew(input, call, in: tx)
            return Nothing()
        }
    }

    private var changeEmail: Command<ChangeGuestEmail, BookingView> {
        Command("guest-access.change-email", .permission(.updateBooking)) { [bookings] input, call, tx in
            try bookings.changeEmail(input, call, in: tx)
        }
    }

    private var join: Command<Nothing, JoinedBookings> {
        Command("guest-bookings.join", .signedIn) { [joining] _, call, tx in try joining.join(call, in: tx) }
    }
}
