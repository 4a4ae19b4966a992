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

    /// The claims whose time has not lapsed.
    var active: [InspectedClaim] { self.claims.filter { $0.isActive(at: self.now) } }

    // MARK: Time

    /// Resources of which more is taken at an instant than there is.
    func overlaps() -> [BookingViolation] {
        // Seats of a scheduled session take nothing beyond what it takes itself.
        let taking = self.active.filter { self.scheduled($0) == nil || ($0.booking == nil && $0.hold == nil) }
        return Dictionary(grouping: taking, by: \.resource).flatMap { resource, claims in
            let takings = Self.takings(claims)
            let capacity = self.units[resource] ?? 1
            return Self.overbooked(resource, takings, capacity: capacity)
                + (capacity == 1 ? Self.cramped(resource, takings) : [])
        }
    }

    /// One time of a session, which may have several.
    private struct SessionPart: Hashable {
        let session: ID<GroupSession>
        let core: Range<Instant>
    }

    /// The claims of one session take a resource once, together.
    private static func takings(_ claims: [InspectedClaim]) -> [Taking] {
        var sessions: [SessionPart: [InspectedClaim]] = [:]
        var takings: [Taking] = []
        for claim in claims {
            if let session = claim.session {
                sessions[SessionPart(session: session, core: claim.core), default: []].append(claim)
            } else {
                let holder = claim.booking?.description ?? claim.hold?.description ?? "nobody"
                takings.append(Taking(core: claim.core, padded: claim.padded, units: claim.units, holder: holder))
            }
        }
        for (part, claims) in sessions {
            let start = claims.map(\.padded.lowerBound).min() ?? part.core.lowerBound
            let end = claims.map(\.padded.upperBound).max() ?? part.core.upperBound
            takings.append(
                Taking(
                    core: part.core, padded: start..<max(start, end), units: claims.map(\.units).max() ?? 1,
                    holder: part.session.description))
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
            /// Whoever joins a session that comes about takes everything that it takes; seats of one that was scheduled
            /// are counted as one sum.
            let resource: ID<Resource>?
        }
        let seated = self.active.filter { $0.session != nil }
        let places = Dictionary(grouping: seated) { claim in
            claim.session.map {
                Place(session: $0, resource: self.scheduled(claim) == nil ? claim.resource : nil)
            }
        }
        return places.compactMap { place, claims in
            guard let place,
                let capacity = self.sessions[place.session]?.capacity
                    ?? claims.first?.eventType.flatMap({ self.seats[$0] })
            else { return nil }
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
        // A scheduled session takes its time by itself.
        for claim in self.active where claim.booking == nil && claim.hold == nil && self.scheduled(claim) == nil {
            found.append(BookingViolation(.claims, of: claim.resource, "is taken by nobody"))
        }
        return found
    }

    private func fault(of booking: InspectedBooking, _ claims: [InspectedClaim]) -> String? {
        guard booking.isLive(at: self.now) else {
            return claims.isEmpty ? nil : "is \(booking.status.rawValue) and still takes time"
        }
        if let session = booking.session {
            let fault = self.seatFault(claims, booking.seats, of: session, from: booking.start, to: booking.end)
            if let fault { return fault }
        } else {
            var wanted = [booking.hostResource: 1]
            for part in self.parts[booking.id] ?? [] { wanted[part.resource] = part.units }
            var taken: [ID<Resource>: Int] = [:]
            for claim in claims { taken[claim.resource, default: 0] += claim.units }
            guard wanted == taken else {
                return "needs \(wanted.count) resources and takes \(taken.count), or other units"
            }
            if claims.contains(where: { $0.core != booking.start..<booking.end }) {
                return "takes another time than its own"
            }
        }
        for claim in claims {
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
            if let session = hold.session {
                return self.seatFault(claims, hold.seats, of: session, from: hold.start, to: hold.end).map {
                    BookingViolation(.claims, of: hold.id, $0)
                }
            }
            let isKept =
                claims.contains { $0.resource == hold.hostResource }
                && claims.allSatisfy { $0.core == hold.start..<hold.end && $0.expiresAt == hold.expiresAt }
            return isKept ? nil : BookingViolation(.claims, of: hold.id, "does not keep its time")
        }
        let live = Set(self.holds.map(\.id))
        for (hold, _) in byHold {
            guard let hold, !live.contains(hold) else { continue }
            found.append(BookingViolation(.claims, of: hold, "is over and still keeps time"))
        }
        return found
    }

    /// Series of which some times are held and others no longer, or for somebody else, or until another instant.
    func halvedHolds() -> [BookingViolation] {
        Dictionary(grouping: self.holds.filter { $0.series != nil }, by: \.series).compactMap { series, holds in
            guard let series else { return nil }
            let isWhole =
                holds.count == self.heldSeries[series] && Set(holds.map(\.expiresAt)).count == 1
                && Set(holds.map(\.person)).count == 1 && Set(holds.map(\.start)).count == holds.count
            return isWhole ? nil : BookingViolation(.claims, of: series, "is not held as a whole")
        }
    }
}
