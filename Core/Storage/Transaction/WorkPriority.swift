/// Who goes first where transactions wait for each other.
///
/// It decides only about work that has not begun: whoever has begun holds locks, and is never made to wait by it.
package enum WorkPriority: Sendable, Hashable {
    /// Somebody waits for the answer.
    case request
    /// Nobody waits: events, jobs, upkeep. It lets requests go first, and yet gets its share while they keep coming.
    case background
}
