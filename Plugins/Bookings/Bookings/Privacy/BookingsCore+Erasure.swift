internal import AlmanacKernel
internal import AlmanacStorage

extension BookingsCore {
    /// Nobody is erased who is still expected: the other side would wait for somebody without a name.
    var erasurePolicy: Policy<PersonErasure> {
        Policy("no-bookings-to-come") {
            [erasure = BookingsErasure(catalogs: self.catalogs, ledger: self.ledger)] subject, tx in
            try erasure.decide(subject.person, in: tx)
        }
    }
}
