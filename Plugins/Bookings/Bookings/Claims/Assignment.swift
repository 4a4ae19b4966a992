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

    /// The claims on everything it takes, each over the same time.
    ///
    /// - Parameters:
    ///   - row: The booking.
    ///   - state: How the claims stand.
    ///   - group: The seats it takes, when the event type has several.
    /// - Returns: One claim on each resource, that of the host first.
    func claims(of row: BookingRow, _ state: StoredClaim.State, _ group: GroupSeats?) -> [ClaimLedger.Draft] {
        var drafts = [Self.claim(of: row, on: self.host.resource, capacity: self.host.capacity, units: 1, state)]
        for part in self.further {
            drafts.append(
                Self.claim(
                    of: row, on: part.candidate.resource, capacity: part.candidate.capacity, units: part.units, state))
        }
        guard let group else { return drafts }
        for index in drafts.indices {
            drafts[index].group = group
            // Claims of one session overlap: the constraint behind the lock cannot tell them from others.
            drafts[index].isSole = false
        }
        return drafts
    }

    private static func claim(
        of row: BookingRow, on resource: ID<Resource>, capacity: Int, units: Int, _ state: StoredClaim.State
    ) -> ClaimLedger.Draft {
        ClaimLedger.Draft(
            resource: resource, isSole: capacity == 1, state: state,
            span: ClaimSpan(
                start: row.start, end: row.end,
                paddedStart: row.start.adding(minutes: -Int64(row.terms.bufferBeforeMinutes)),
                paddedEnd: row.end.adding(minutes: Int64(row.terms.bufferAfterMinutes)), units: units),
            booking: row.id)
    }
}
