internal import BookingsAPI

/// What draws the tokens with which people without an account reach what they are told of.
struct GuestTokens: Sendable {
    /// For their bookings.
    let bookings: any BookingAccess
    /// For what they wait for.
    let waitlist: any WaitlistAccess
}
