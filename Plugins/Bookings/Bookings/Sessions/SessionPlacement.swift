internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// The time that a session takes: whether everything it takes is free then, and the claims.
///
/// Whoever organizes a session decides when it is: hours of work do not bind it, for a retreat is at the weekend. What
/// is taken does, and so does an absence.
struct SessionPlacement {
    let session: GroupSessionRow
    /// The terms of its event type, whose buffers are kept around each part.
    let terms: AgreedTerms
    let settings: Bookings.Settings

    /// Something that a session takes and that is not free.
    struct Conflict {
        let resource: BookedResource
        let part: GroupSessionRow.Part
        let reason: String
    }

    /// What must be locked before ``conflicts(in:_:_:at:)`` is asked.
    var resources: [ID<Resource>] { self.session.resources.map(\.resource) }

    private func search(_ part: GroupSessionRow.Part, at now: Instant) -> SlotSearch {
        var terms = self.terms
        terms.durationMinutes = part.minutes
        terms.placement = PlacementTerms()
        return SlotSearch(terms.engineTerms(self.settings), at: part.start, now: now)
    }

    /// The time whose claims must be read.
    func claimRange(at now: Instant) -> Range<Instant>? {
        let ranges = self.session.parts.map { self.search($0, at: now).claimRange }
        guard let first = ranges.map(\.lowerBound).min(), let last = ranges.map(\.upperBound).max() else { return nil }
        return first..<last
    }

    /// Everything that is not free: asked of the engine that also decides on bookings.
    ///
    /// - Parameters:
    ///   - catalog: What the resources are like.
    ///   - ledger: Which claims count.
    ///   - taken: What is taken, read under the locks and without the session itself.
    ///   - now: The instant that counts as now.
    /// - Returns: In the order of its times; empty when all of it is free.
    func conflicts(
        in catalog: Catalog, _ ledger: ClaimLedger, _ taken: TakenTime, at now: Instant
    ) -> [Conflict] {
        var conflicts: [Conflict] = []
        for part in self.session.parts {
            let search = self.search(part, at: now)
            var days = DayTables(for: search)
            for resource in self.session.resources {
                guard let candidate = Self.candidate(resource, in: catalog) else {
                    conflicts.append(Conflict(resource: resource, part: part, reason: "archived"))
                    continue
                }
                let calendar = ProviderCalendar(
                    days: days.table(of: candidate.zone), hours: OpeningHours(rules: [], overrides: []),
                    claims: ledger.spans(of: candidate.resource, in: taken), capacity: candidate.capacity)
                let starts = FreeStarts(
                    of: calendar, isAlwaysOpen: true, for: search.taking(units: resource.units))
                switch starts.verdict(at: part.start) {
                case .free:
                    if candidate.provider.map({ Self.isAway($0, during: part) }) ?? false {
                        conflicts.append(Conflict(resource: resource, part: part, reason: "absent"))
                    }
                case .overCapacity: conflicts.append(Conflict(resource: resource, part: part, reason: "over_capacity"))
                default: conflicts.append(Conflict(resource: resource, part: part, reason: "taken"))
                }
            }
        }
        return conflicts
    }

    private static func candidate(_ resource: BookedResource, in catalog: Catalog) -> Candidate? {
        if let provider = resource.provider { return catalog.provider(provider).map { Candidate($0) } }
        return catalog.resource(resource.resource).map { Candidate($0) }
    }

    /// Whether a provider is away on a date that a part touches.
    private static func isAway(_ provider: ProviderEntry, during part: GroupSessionRow.Part) -> Bool {
        guard !provider.absences.isEmpty else { return false }
        let zone = provider.zone(at: part.start)
        let first = zone.localDate(at: part.start)
        let last = zone.localDate(at: part.end.adding(microseconds: -1))
        return provider.absences.contains { $0.from <= last && first <= $0.to }
    }

    /// The claims of the session itself: on everything it takes, for each of its parts, with no seat.
    func claims(in catalog: Catalog) -> [ClaimLedger.Draft] {
        self.session.parts.flatMap { part in
            self.session.resources.map { resource in
                var span = self.terms.span(from: part.start, to: part.end, expiresAt: nil)
                span.units = resource.units
                return ClaimLedger.Draft(
                    resource: resource.resource,
                    isSole: Self.candidate(resource, in: catalog)?.capacity == 1, state: .confirmed, span: span,
                    group: GroupSeats(session: self.session.id, eventType: nil, seats: 0))
            }
        }
    }

    /// The claim of those who take seats: within the time that the session has, on the lead's time line.
    func seats(_ seats: Int, state: StoredClaim.State, expiresAt: Instant?) -> ClaimLedger.Draft? {
        guard let lead = self.session.lead, let first = self.session.parts.first else { return nil }
        return ClaimLedger.Draft(
            resource: lead.resource, isSole: false, state: state,
            span: self.terms.span(from: first.start, to: first.end, expiresAt: expiresAt),
            group: GroupSeats(session: self.session.id, eventType: nil, seats: seats))
    }
}

extension Refusal {
    /// Somebody or something that a session takes is not free.
    static func sessionConflict(_ conflicts: [SessionPlacement.Conflict]) -> Refusal {
        Refusal(
            .conflict, "session_conflict",
            "somebody or something that the session takes is not free: choose another time, or somebody else",
            details: [
                "conflicts": .array(
                    conflicts.prefix(50).map { conflict in
                        var entry: JSONObject = [
                            "resource": .string(conflict.resource.resource.description),
                            "start": .string(conflict.part.start.rfc3339), "end": .string(conflict.part.end.rfc3339),
                            "reason": .string(conflict.reason),
                        ]
                        if let provider = conflict.resource.provider {
                            entry["provider"] = .string(provider.description)
                        }
                        return .object(entry)
                    })
            ])
    }
}
