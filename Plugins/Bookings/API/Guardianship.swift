public import AlmanacKernel
public import AlmanacStorage

/// Tells who acts for whom, for plugins that tell people about bookings.
///
/// A parent books for a child, an assistant for a patient. Whatever is told to the ward about a booking is told to the
/// guardians too; in place of the ward where that one has no address of their own.
public protocol Guardianship: Sendable {
    /// Those who act for a person, in the order in which they were named; none when nobody does.
    func guardians(of person: ID<Person>, in tx: ReadTransaction) throws -> [ID<Person>]
}

extension ServiceKey where Service == any Guardianship {
    /// Tells who acts for whom.
    public static var guardianship: Self { Self("guardianship", of: .bookings) }
}
