public import AlmanacKernel
public import AlmanacStorage

/// Lets guests reach their bookings, for the plugin that mails them.
///
/// Tokens are stored nowhere but as digests: what cannot be read anywhere is drawn when it is put into a mail.
public protocol BookingAccess: Sendable {
    /// Draws a token with which the guest whom a booking is for reaches it; others that were drawn go on working, the
    /// last twenty of them.
    ///
    /// Until the transaction ends nobody changes the guest's address, nor takes tokens back: whoever mails it reads the
    /// address after the token was drawn, never before. The token says nothing about who made the booking.
    ///
    /// It belongs into a mail to the guest and nowhere else: not into events, logs or tables. In an address it stands
    /// behind the `#`, where neither servers nor `Referer` get to see it.
    ///
    /// - Parameters:
    ///   - booking: The booking.
    ///   - tx: The caller's transaction.
    /// - Returns: `nil` when there is no such booking, or its customer has an account and signs in.
    /// - Throws: Storage errors.
    func token(for booking: ID<Booking>, in tx: Transaction) throws -> String?
}

extension ServiceKey where Service == any BookingAccess {
    /// Lets guests reach their bookings.
    public static var bookingAccess: Self { Self("access", of: .bookings) }
}
