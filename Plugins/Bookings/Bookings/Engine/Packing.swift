/// Which starts are left out because they would break up free time.
///
/// A start that adjoins what comes before or after it is always offered, so that no free time is without an offer. Any
/// other start must leave a useful piece on both sides. Pieces are counted on the grid: what no start could use anyway
/// is not held against one that comes after it.
enum Packing: String, Sendable, Hashable, CaseIterable {
    /// None.
    case none
    /// Those that leave less time than another appointment of this event type needs, with its buffers.
    case ownDuration
    /// Those that leave less time than the shortest appointment needs that can be booked with the provider, with the
    /// buffers of this event type.
    case shortestDuration
}
