public import AlmanacKernel
public import AlmanacStorage

/// Settles what bookings wait for, for the plugins whose requirements they are.
///
/// A plugin contributes a `Requirement` for ``BookingProposal``; a booking that needs it is pending until it is satisfied
/// here, in the caller's transaction. Pending bookings lapse: whoever comes too late is told so and has to undo what was
/// done for the booking, as a payment that was taken.
///
/// Both methods lock what ``locks(of:in:)`` names, and the booking itself. A caller that locks something else takes those
/// along in its one call of `lock`.
public protocol BookingRequirements: Sendable {
    /// What settling a requirement of a booking must have to itself.
    func locks(of booking: ID<Booking>, in tx: ReadTransaction) throws -> [LockKey]

    /// Notes that a requirement is met; the booking is confirmed with the last one.
    ///
    /// - Parameters:
    ///   - requirement: The requirement as `plugin.name`.
    ///   - booking: The booking.
    ///   - tx: The caller's transaction.
    /// - Returns: Where the booking stands then. Meeting what is not open changes nothing.
    /// - Throws: A refusal with code `booking_lapsed` when somebody has taken its time by a clock that is ahead; storage
    ///   errors, of which `lockOrder` means that the caller locked something else before.
    func satisfy(
        _ requirement: String, of booking: ID<Booking>, in tx: Transaction
    ) throws -> RequirementOutcome

    /// Notes that a requirement cannot be met: a booking that is pending is rejected, and its time is free again.
    ///
    /// - Parameters:
    ///   - requirement: The requirement as `plugin.name`, which must be open.
    ///   - booking: The booking.
    ///   - tx: The caller's transaction.
    /// - Returns: Where the booking stands then.
    /// - Throws: Storage errors.
    func fail(_ requirement: String, of booking: ID<Booking>, in tx: Transaction) throws -> RequirementOutcome
}

/// Where a booking stands after one of its requirements was settled.
public enum RequirementOutcome: Sendable, Equatable {
    /// It was pending, and this was the last: it takes place.
    case confirmed
    /// It is still pending, because something else is open.
    case pending
    /// It was pending and has been rejected by this.
    case rejected
    /// It was not pending, or its time to be settled is over: nothing was changed. The state it is in.
    case unchanged(Booking.Status)
    /// The organization has no such booking.
    case unknown
}

extension ServiceKey where Service == any BookingRequirements {
    /// Settles what bookings wait for.
    public static var bookingRequirements: Self { Self("requirements", of: .bookings) }
}
