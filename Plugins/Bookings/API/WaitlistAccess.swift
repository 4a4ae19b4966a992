public import AlmanacKernel
public import AlmanacStorage

/// Lets guests answer what is offered to them, for the plugin that tells them of it.
///
/// Tokens are stored nowhere but as digests: what cannot be read anywhere is drawn when it is put into a message.
public protocol WaitlistAccess: Sendable {
    /// Draws a token with which a guest reaches their entry of the waitlist; others that were drawn go on working. All
    /// of them end with the entry.
    ///
    /// It belongs into what is sent to the guest and nowhere else: not into events, logs or tables. In an address it
    /// stands behind the `#`, where neither servers nor `Referer` get to see it.
    ///
    /// - Parameters:
    ///   - entry: The entry.
    ///   - tx: The caller's transaction.
    /// - Returns: `nil` when there is no such entry, it is over, or whoever waits has an account and signs in.
    /// - Throws: Storage errors.
    func token(for entry: ID<WaitlistEntry>, in tx: Transaction) throws -> String?
}

extension ServiceKey where Service == any WaitlistAccess {
    /// Lets guests answer what is offered to them.
    public static var waitlistAccess: Self { Self("waitlist-access", of: .bookings) }
}
