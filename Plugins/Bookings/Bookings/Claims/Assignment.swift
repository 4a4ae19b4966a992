internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Whom and what a booking takes: chosen from a plan, all of it free.
struct Assignment: Sendable {
    /// Something that is taken besides the first host.
    struct Part: Sendable {
        let role: BookedResource.Role
        let candidate: Candidate
        let units: Int
    }

    /// The host, or the first of those who give it together.
    let host: ProviderEntry
    /// Further hosts, then what else is needed.
    let further: [Part]
    /// The session that it joins; `nil` when it begins one, or takes everything for itself.
    var session: ID<GroupSession>?

    init(host: ProviderEntry, partners: some Sequence<ProviderEntry>, takers: [(candidate: Candidate, units: Int)]) {
        self.host = host
        self.further =
            partners.map { Part(role: .host, candidate: Candidate($0), units: 1) }
            + takers.map { Part(role: .requirement, candidate: $0.candidate, units: $0.units) }
    }

    /// Those who give it.
    var hosts: [ID<Person>] {
        [self.host.person] + self.further.filter { $0.role == .host }.compactMap { $0.candidate.provider?.person }
    }

    /// What the booking keeps of it.
    var booked: [BookedResource] {
        self.further.map { part in
            BookedResource(
                role: part.role, resource: part.candidate.resource, provider: part.candidate.provider?.id,
                person: part.candidate.provider?.person, kind: part.candidate.kind, name: part.candidate.name,
                units: part.units)
        }
    }

    /// The claims of a booking on everything it takes.
    ///
    /// - Parameters:
    ///   - row: The booking.
    ///   - group: The seats it takes, when the event type has several.
    /// - Returns: One claim on each resource, that of the host first.
    func claims(of row: BookingRow, _ group: GroupSeats?) -> [ClaimLedger.Draft] {
        self.claims(
            row.status == .pending ? .pending : .confirmed,
            row.terms.span(from: row.start, to: row.end, expiresAt: row.expiresAt), group
        ).map { draft in
            var draft = draft
            draft.booking = row.id
            draft.place = row.bookedPlace?.whereabouts
            return draft
        }
    }

    /// The claims of a hold on everything it takes.
    func claims(of row: HoldRow, _ group: GroupSeats?) -> [ClaimLedger.Draft] {
        self.claims(.hold, row.terms.span(from: row.start, to: row.end, expiresAt: row.expiresAt), group).map { draft in
            var draft = draft
            draft.hold = row.id
            draft.place = row.place?.whereabouts
            return draft
        }
    }

    private func claims(
        _ state: StoredClaim.State, _ span: ClaimSpan, _ group: GroupSeats?
    ) -> [ClaimLedger.Draft] {
        func draft(_ resource: ID<Resource>, capacity: Int, units: Int) -> ClaimLedger.Draft {
            var span = span
            span.units = units
            // Claims of one session overlap: the constraint behind the lock cannot tell them from others.
            return ClaimLedger.Draft(
                resource: resource, isSole: capacity == 1 && group == nil, state: state, span: span, booking: nil,
                group: group)
        }
        return [draft(self.host.resource, capacity: self.host.capacity, units: 1)]
            + self.further.map { part in
                draft(part.candidate.resource, capacity: part.candidate.capacity, units: part.units)
            }
    }
}
