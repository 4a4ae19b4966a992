/// Something in the tables of an organization that no sequence of requests may lead to.
package struct BookingViolation: Sendable, Hashable, CustomStringConvertible {
    /// What must hold of bookings at every instant.
    package enum Rule: String, Sendable, Hashable, CaseIterable {
        /// Of a resource no more units are taken at any instant than it has.
        case overlap
        /// Where a resource takes one at a time, nothing lies in the buffer of another booking.
        case buffers
        /// A session has no more takers than seats.
        case seats
        /// What takes time is exactly what live bookings and holds take.
        case claims
        /// A booking has come to where it stands by steps that there are.
        case history
        /// Every step costs what was agreed for it.
        case fees
        /// No more is booked than limits allow.
        case limits
        /// What waits stands where its offers say; an offer is kept for one entry, as it was wished for, and never twice.
        case waitlist
        /// The local time that was agreed is the one at which a booking begins.
        case wallTime
        /// Each step of a booking was told once, in order.
        case events
    }

    /// Which rule is broken.
    package let rule: Rule
    /// Of what: the id of a booking, a hold, a resource, a session.
    package let subject: String
    /// How.
    package let detail: String

    init(_ rule: Rule, of subject: some CustomStringConvertible, _ detail: String) {
        self.rule = rule
        self.subject = subject.description
        self.detail = detail
    }

    package var description: String { "\(self.rule.rawValue): \(self.subject) \(self.detail)" }
}
