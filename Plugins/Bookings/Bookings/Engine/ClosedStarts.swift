internal import AlmanacStorage

/// The starts at which an appointment would meet what is already taken.
///
/// A claim rules out one unbroken range of starts, so that capacity and buffers are settled once for each claim and
/// never for each slot. With a capacity above the units needed, the time line is first reduced to the stretches that
/// are too full; each of them then acts like a claim on a resource of one unit. What is elsewhere acts like that in any
/// case: nobody is in two places, however many they can serve in one.
///
/// The way between two places counts as a buffer: where buffers are shared the longest of the three is enough, where
/// they are summed it is added. It counts towards every claim that is elsewhere, not only towards the next one.
struct ClosedStarts {
    /// In order and apart from each other.
    private(set) var spans: [TimeSpan] = []

    private let lengths: EventTypeTerms.Lengths
    private let sharing: EventTypeTerms.BufferSharing
    /// What closes no start in here decides on nothing that was asked.
    private let hull: TimeSpan
    private var isOrdered = true

    /// Finds the closed starts among those a search asks for.
    ///
    /// - Parameters:
    ///   - calendar: What is taken, and the capacity, which must be at least the units needed.
    ///   - search: The starts and the terms.
    ///   - kind: Only claims of this kind count; `nil` counts all.
    init(in calendar: ProviderCalendar, for search: SlotSearch, kind: ClaimSpan.Kind? = nil) {
        self.lengths = search.lengths
        self.sharing = search.terms.bufferSharing
        let (hull, reach) = (search.hull, search.reach)
        self.hull = TimeSpan(start: hull.start - reach, end: hull.end + reach)
        let room = min(calendar.capacity, ClaimSpan.everyUnit) - search.lengths.units
        if room == 0 {
            self.spans.reserveCapacity(calendar.claims.count)
            for claim in calendar.claims where claim.isActive(at: search.now) && (kind == nil || claim.kind == kind) {
                self.close(core: claim.core, padded: claim.padded, claim.wayFrom, claim.wayTo)
            }
        } else {
            var active = calendar.claims.filter { $0.isActive(at: search.now) && (kind == nil || $0.kind == kind) }
            if active.contains(where: \.isElsewhere) {
                for claim in active where claim.isElsewhere {
                    self.close(core: claim.core, padded: claim.padded, claim.wayFrom, claim.wayTo)
                }
                active.removeAll(where: \.isElsewhere)
            }
            for full in Self.stretches(of: active, above: room, extent: \.padded) {
                self.close(core: nil, padded: full)
            }
            // Summed buffers ask for nothing but the padded ranges, which hold the cores.
            if self.sharing == .shared {
                for full in Self.stretches(of: active, above: room, extent: \.core) {
                    self.close(core: full, padded: full)
                }
            }
        }
        if !self.isOrdered { TimeSpan.join(&self.spans) }
    }

    /// Closes the starts whose appointment would meet a claim.
    ///
    /// With shared buffers the appointment must not touch the claim's padded range, nor the padded appointment the
    /// claim's core; with summed buffers the two padded ranges must not touch. The way lies between the two.
    private mutating func close(core: TimeSpan?, padded: TimeSpan, _ wayFrom: Int64 = 0, _ wayTo: Int64 = 0) {
        let (duration, before, after) = (self.lengths.duration, self.lengths.bufferBefore, self.lengths.bufferAfter)
        var closed: TimeSpan
        switch self.sharing {
        case .summed:
            closed = TimeSpan(
                start: padded.start - duration - after - wayTo + 1, end: padded.end + before + wayFrom)
        case .shared:
            closed = TimeSpan(start: padded.start - duration + 1, end: padded.end)
            if let core {
                closed.start = min(closed.start, core.start - duration - max(after, wayTo) + 1)
                closed.end = max(closed.end, core.end + max(before, wayFrom))
            }
        }
        guard closed.start < self.hull.end, self.hull.start < closed.end else { return }
        guard let last = self.spans.last else {
            self.spans.append(closed)
            return
        }
        if closed.start > last.end {
            self.spans.append(closed)
        } else if closed.start >= last.start {
            self.spans[self.spans.count - 1].end = max(last.end, closed.end)
        } else {
            self.isOrdered = false
            self.spans.append(closed)
        }
    }

    /// The stretches in which claims take more units than there is room for.
    private static func stretches(
        of claims: [ClaimSpan], above room: Int, extent: (ClaimSpan) -> TimeSpan
    ) -> [TimeSpan] {
        var steps: [(at: Int64, units: Int)] = []
        steps.reserveCapacity(2 * claims.count)
        for claim in claims {
            let span = extent(claim)
            let units = min(claim.units, ClaimSpan.everyUnit)
            guard !span.isEmpty else { continue }
            steps.append((span.start, units))
            steps.append((span.end, -units))
        }
        // What ends makes room before what begins takes it.
        steps.sort { ($0.at, $0.units) < ($1.at, $1.units) }
        var found: [TimeSpan] = []
        var taken = 0
        var fullSince: Int64?
        for step in steps {
            taken += step.units
            if taken > room {
                fullSince = fullSince ?? step.at
            } else if let since = fullSince {
                if since < step.at { found.append(TimeSpan(start: since, end: step.at)) }
                fullSince = nil
            }
        }
        return found
    }

    /// Whether a start is closed.
    func contains(_ start: Int64) -> Bool {
        self.spans.contains { $0.contains(start) }
    }
}
