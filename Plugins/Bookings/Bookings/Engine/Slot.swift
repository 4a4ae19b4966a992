internal import AlmanacStorage

/// A free appointment.
package struct Slot: Sendable, Hashable {
    /// Where it begins.
    let start: Instant
    /// Where it ends, without buffers.
    let end: Instant
}
