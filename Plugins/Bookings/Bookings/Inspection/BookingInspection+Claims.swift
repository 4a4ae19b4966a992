internal import AlmanacStorage
internal import BookingsAPI

extension BookingInspection {
    /// What one booking, one hold or one whole session takes of a resource.
    private struct Taking {
        let core: Range<Instant>
        let padded: Range<Instant>
        let units: Int
        let holder: String
    }

    private var active: [InspectedClaim] { self.claims.filter { $0.isActive(at: self.now) } }

    // MARK: Time

    /// Resources of which more is taken at an instant than there is.
    func overlaps() -> [BookingViolation] {
        Dictionary(grouping: self.active, by: \.resource).flatMap { resource, claims in
            let takings = Self.takings(claims)
            let capacity = self.units[resource] ?? 1
            return Self.overbooked(resource, takings, capacity: capacity)
                + (capacity == 1 ? Self.cramped(resource, takings) : [])
        }
    }

    /// The claims of one session take a resource once, together.
    private static func takings(_ claims: [InspectedClaim]) -> [Taking] {
        var sessions: [ID<GroupSession>: [InspectedClaim]] = [:]
        var takings: [Taking] = []
        for claim in claims {
            if let session = claim.session {
                sessions[session, default: []].append(claim)
            } else {
                let holder = claim.booking?.description ?? claim.hold?.description ?? "nobody"
                takings.append(Taking(core: claim.core, padded: claim.padded, units: claim.units, holder: holder))
            }
        }
        for (session, claims) in sessions {
            func hull(_ ranges: [Range<Instant>]) -> Range<Instant> {
                ranges.dropFirst().reduce(ranges[0]) { hull, range in
                    min(hull.lowerBound, range.lowerBound)..<max(hull.upperBound, range.upperBound)
                }
            }
            takings.append(
                Taking(
                    core: hull(claims.map(\.core)), padded: hull(claims.map(\.padded)),
                    units: claims.map(\.units).max() ?? 1, holder: session.description))
        }
        return takings.sorted { ($0.core.lowerBound, $0.holder) < ($1.core.lowerBound, $1.holder) }
    }

    private static func overbooked(
        _ resource: ID<Resource>, _ takings: [Taking], capacity: Int
    ) -> [BookingViolation] {
        // More is never taken than where something begins.
        takings.compactMap { taking in
            let instant = taking.core.lowerBound
            let there = takings.filter { $0.core.contains(instant) }
            let units = there.reduce(0) { $0 + $1.units }
            guard units > capacity else { return nil }
            return BookingViolation(
                .overlap, of: resource,
                "has \(units) of \(capacity) taken at \(instant.rfc3339): \(there.map(\.holder).joined(separator: ", "))"
            )
        }
    }

    private static func cramped(_ resource: ID<Resource>, _ takings: [Taking]) -> [BookingViolation] {
        takings.enumerated().flatMap { index, one in
            takings[(index + 1)...].compactMap { other in
                guard !one.core.overlaps(other.core),
                    one.core.overlaps(other.padded) || one.padded.overlaps(other.core)
                else { return nil }
                return BookingViolation(.buffers, of: resource, "has \(one.holder) in the buffer of \(other.holder)")
            }
        }
    }

    /// Sessions with more takers than seats.
    func crowdedSessions() -> [BookingViolation] {
        struct Place: Hashable {
            let session: ID<GroupSession>
            let resource: ID<Resource>
        }
        let seated = self.active.filter { $0.session != nil }
        let places = Dictionary(grouping: seated) { claim in
            claim.session.map { Place(session: $0, resource: claim.resource) }
        }
        return places.compactMap { place, claims in
            guard let place, let eventType = claims.first?.eventType, let capacity = self.seats[eventType] else {
                return nil
            }
            let taken = claims.reduce(0) { $0 + $1.seats }
            guard taken > capacity else { return nil }
            return BookingViolation(.seats, of: place.session, "has \(taken) taken of \(capacity) seats")
        }
    }

    // MARK: Whose time it is

    /// Bookings whose claims are not exactly what they take, and claims that are nobody's.
    func strayClaims() -> [BookingViolation] {
        let byBooking = Dictionary(grouping: self.active.filter { $0.booking != nil }) { $0.booking }
        var found = self.bookings.compactMap { booking in
            self.fault(of: booking, byBooking[booking.id] ?? []).map {
                BookingViolation(.claims, of: booking.id, $0)
            }
        }
        let known = Set(self.bookings.map(\.id))
        for (booking, _) in byBooking {
            guard let booking, !known.contains(booking) else { continue }
            found.append(BookingViolation(.claims, of: booking, "takes time and is no booking"))
        }
        for claim in self.active where claim.booking == nil && claim.hold == nil {
            found.append(BookingViolation(.claims, of: claim.resource, "is taken by nobody"))
        }
        return found
    }

    private func fault(of booking: InspectedBooking, _ claims: [InspectedClaim]) -> String? {
        guard booking.isLive(at: self.now) else {
            return claims.isEmpty ? nil : "is \(booking.status.rawValue) and still takes time"
        }
        var wanted = [booking.hostResource: 1]
        for part in self.parts[booking.id] ?? [] { wanted[part.resource] = part.units }
        var taken: [ID<Resource>: Int] = [:]
        for claim in claims { taken[claim.resource, default: 0] += claim.units }
        guard wanted == taken else { return "needs \(wanted.count) resources and takes \(taken.count), or other units" }
        for claim in claims {
            if claim.core != booking.start..<booking.end { return "takes another time than its own" }
            if (claim.state == .pending) != (booking.status == .pending) {
                return "is \(booking.status.rawValue) and its time is \(claim.state.rawValue)"
            }
            if claim.expiresAt != booking.expiresAt { return "keeps its time for longer or shorter than it stands" }
            if claim.session != nil, claim.seats != booking.seats { return "takes other seats than its own" }
        }
        return nil
    }

    /// Holds that keep nothing, and claims kept for holds that are over.
    func strayHolds() -> [BookingViolation] {
        let held = self.active.filter { $0.state == .hold }
        let byHold = Dictionary(grouping: held) { $0.hold }
        var found = self.holds.compactMap { hold -> BookingViolation? in
            let claims = byHold[hold.id] ?? []
            let isKept =
                claims.contains { $0.resource == hold.hostResource }
                && claims.allSatisfy { $0.core == hold.start..<hold.end }
            return isKept ? nil : BookingViolation(.claims, of: hold.id, "does not keep its time")
        }
        let live = Set(self.holds.map(\.id))
        for (hold, _) in byHold {
            guard let hold, !live.contains(hold) else { continue }
            found.append(BookingViolation(.claims, of: hold, "is over and still keeps time"))
        }
        return found
    }
}
