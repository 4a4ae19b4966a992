/// Something that has just happened, for whoever happens to look: a page that is open, a loop that waits.
///
/// Signals live in this process and are kept nowhere: who does not look misses them, and who looks too slowly loses the
/// oldest. What must not be missed is a ``DomainEvent``. A signal says that there is something to look at; whoever hears
/// it reads the rest from the database, with their own permissions.
public protocol Signal: Sendable {
    /// The permanent name, which metrics show: `bookings.changed`.
    static var name: String { get }
}
