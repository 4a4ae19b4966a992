/// What one step of the bus has done.
package struct BusProgress: Sendable, Equatable {
    /// How many deliveries were taken.
    package var claimed = 0
    /// How many handlers have done their work.
    package var handled = 0
    /// How many turned out to have been handled before: nothing happened.
    package var repeated = 0
    /// How many handlers have failed and are tried again.
    package var retried = 0
    /// How many deliveries have died.
    package var dead = 0
    /// How many were found to stand behind another one.
    package var blocked = 0
    /// How many cannot be read by this program.
    package var unreadable = 0
    /// How many were not this host's any more when their handlers had failed.
    package var lost = 0
    /// How many were given back because the host ends.
    package var givenBack = 0

    package init() {}

    /// Deliveries that died before a handler was asked.
    init(dead: Int) { self.dead = dead }

    /// Whether anything was found: then there may be more.
    package var hasMore: Bool { self != BusProgress() }

    package static func += (left: inout Self, right: Self) {
        left.claimed += right.claimed
        left.handled += right.handled
        left.repeated += right.repeated
        left.retried += right.retried
        left.dead += right.dead
        left.blocked += right.blocked
        left.unreadable += right.unreadable
        left.lost += right.lost
        left.givenBack += right.givenBack
    }
}
