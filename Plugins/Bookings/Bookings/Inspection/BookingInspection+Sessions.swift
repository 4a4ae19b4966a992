internal import AlmanacStorage
internal import BookingsAPI

extension BookingInspection {
    /// The session that was scheduled, of which a claim is; a session that comes about is none.
    func scheduled(_ claim: InspectedClaim) -> InspectedSession? { claim.session.flatMap { self.sessions[$0] } }

    /// Sessions that take other time than their own, and sessions that begin or end elsewhere than their times do.
    func straySessions() -> [BookingViolation] {
        let own = Dictionary(grouping: self.active.filter { $0.booking == nil && $0.hold == nil }, by: \.session)
        return self.sessions.values.sorted { $0.id < $1.id }.compactMap { session in
            var taken: [InspectedSession.Place: Int] = [:]
            for claim in own[session.id] ?? [] {
                taken[InspectedSession.Place(resource: claim.resource, core: claim.core), default: 0] += claim.units
                if claim.seats != 0 { return BookingViolation(.claims, of: session.id, "takes seats of its own") }
            }
            guard taken == session.places else {
                return BookingViolation(
                    .claims, of: session.id,
                    "is \(session.status.rawValue), needs \(session.places.count) times and takes \(taken.count), or others"
                )
            }
            guard session.parts.first?.lowerBound ?? session.start == session.start,
                session.parts.last?.upperBound ?? session.end == session.end
            else { return BookingViolation(.claims, of: session.id, "begins or ends elsewhere than its times do") }
            return nil
        }
    }

    /// What is wrong with the claims of somebody who has seats of a scheduled session.
    ///
    /// - Parameters:
    ///   - claims: What they take that has not lapsed.
    ///   - seats: How many seats they have.
    ///   - session: Of which session.
    ///   - start: When it begins for them.
    ///   - end: When it ends for them.
    /// - Returns: `nil` when they take these seats, where seats are counted, and nothing else.
    func seatFault(
        _ claims: [InspectedClaim], _ seats: Int, of session: ID<GroupSession>, from start: Instant, to end: Instant
    ) -> String? {
        guard let session = self.sessions[session] else { return "has seats of a session that is not there" }
        guard session.takesTime else { return "has seats of a session that is \(session.status.rawValue)" }
        guard session.start == start, session.end == end else { return "has another time than its session" }
        guard claims.count == 1, let claim = claims.first else { return "takes \(claims.count) times for its seats" }
        guard claim.session == session.id, claim.seats == seats else { return "does not take its seats in its session" }
        let place = InspectedSession.Place(resource: claim.resource, core: claim.core)
        return place == session.seat ? nil : "takes its seats elsewhere than its session counts them"
    }
}
