internal import AlmanacKernel
internal import AlmanacStorage

extension BookingsCore {
    /// Nobody is erased who is still expected: the other side would wait for somebody without a name.
    var erasurePolicy: Policy<PersonErasure> {
        let erasure = BookingsErasure(catalogs: self.catalogs, people: self.people)
        return Policy(
            "no-bookings-to-come", locks: { try erasure.locks($0.person, in: $1) },
            { subject, tx in try erasure.decide(subject.person, in: tx) })
    }
}
