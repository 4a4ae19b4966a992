internal import AlmanacKernel
internal import AlmanacStorage

extension BookingsCore {
    /// Nobody is erased who is still expected: the other side would wait for somebody without a name.
    var erasurePolicy: Policy<PersonErasure> {
        Policy("no-bookings-to-come") { [catalogs] subject, tx in
            guard let organization = tx.scope.organization else { return }
            let left: Int =
                try tx.value(
                    """
                    SELECT count(*) FROM \(BookingsSchema.booking) b
                    JOIN \(BookingsSchema.provider) p ON p.organization_id = b.organization_id AND p.id = b.provider_id
                    WHERE b.organization_id = \(organization) AND b.end_at > \(tx.now)
                        AND b.status IN ('pending', 'confirmed', 'inProgress')
                        AND (b.customer_person_id = \(subject.person) OR p.person_id = \(subject.person))
                    """) ?? 0
            guard left == 0 else {
                throw Refusal(
                    .conflict, "bookings_to_come",
                    "this person has \(left == 1 ? "a booking" : "\(left) bookings") to come: cancel or move them first"
                )
            }
            let isProvider: Int =
                try tx.value(
                    """
                    SELECT count(*) FROM \(BookingsSchema.provider)
                    WHERE organization_id = \(organization) AND person_id = \(subject.person)
                    """) ?? 0
            // The catalog in memory holds providers' names.
            if isProvider > 0 { try catalogs.touch(in: tx) }
        }
    }
}
