import AlmanacStorage

extension ClaimHistory {
    /// Time that somebody had for a while.
    private struct Possession {
        let id: String
        let time: Time
        let isFact: Bool
        /// When they first asked for this time: what was held is booked whatever has been blocked since.
        let since: Int
        /// When they began to ask for it, and when they surely had it.
        let asked: Int
        let given: Int
        /// When it was lapsed by the clock, unless something else ended it before.
        var until: Instant?
        /// When they surely still had it, and when they surely had it no more.
        var kept = Int.max
        var gone = Int.max
    }

    /// One resource in one hour: most possessions have nothing to do with each other.
    private struct Place: Hashable {
        let resource: String
        let hour: Int64
    }

    /// What cannot have been, whatever the order of what happened at the same time.
    func faults() -> [HistoryFault] {
        let possessions = self.possessions()
        var places: [Place: [Possession]] = [:]
        for possession in possessions {
            for place in Self.places(possession.time.resources, possession.time.span) {
                places[place, default: []].append(possession)
            }
        }
        for place in places.keys { places[place]?.sort { $0.asked < $1.asked } }
        let failures = self.operations.compactMap { operation -> HistoryFault? in
            if case .failed(let what) = operation.deed { .failure(what) } else { nil }
        }
        return failures + Set(places.flatMap { Self.collisions($0.key.resource, $0.value) })
            + self.falseRefusals(places)
    }

    private static func places(_ resources: [String], _ span: Range<Instant>) -> [Place] {
        let hour: Int64 = 3_600_000_000
        let hours = (span.lowerBound.microseconds / hour)...((span.upperBound.microseconds - 1) / hour)
        return resources.flatMap { resource in hours.map { Place(resource: resource, hour: $0) } }
    }

    // MARK: Who had what

    private func possessions() -> [Possession] {
        var all: [Possession] = []
        var current: [String: Int] = [:]
        func end(_ id: String, _ operation: Operation) {
            guard let index = current.removeValue(forKey: id) else { return }
            all[index].kept = min(all[index].kept, operation.began)
            all[index].gone = min(all[index].gone, operation.ended)
        }
        func begin(
            _ id: String, _ time: Time, _ operation: Operation, since: Int? = nil, until: Instant? = nil,
            isFact: Bool = false
        ) {
            current[id] = all.count
            all.append(
                Possession(
                    id: id, time: time, isFact: isFact, since: since ?? operation.began, asked: operation.began,
                    given: operation.ended, until: until))
        }
        // Deeds about one id come from one client, one after the other.
        for operation in self.operations.sorted(by: { $0.began < $1.began }) {
            switch operation.deed {
            case .took(let id, let time, let until): begin(id, time, operation, until: until)
            case .glimpsed(let time):
                // Never for sure, and so in nobody's way but that of who was refused.
                all.append(
                    Possession(
                        id: "?", time: time, isFact: false, since: operation.began, asked: operation.began, given: .max,
                        kept: .min, gone: operation.ended))
            case .confirmed(let hold, let id):
                guard let index = current[hold] else { continue }
                let (time, since) = (all[index].time, all[index].since)
                end(hold, operation)
                begin(id, time, operation, since: since)
            case .freed(let id): end(id, operation)
            case .moved(let id, let time):
                // To where it is already: nothing is asked for, and it has what it had.
                if let index = current[id], all[index].time == time { continue }
                end(id, operation)
                begin(id, time, operation)
            case .blocked(let id, let time):
                end(id, operation)
                begin(id, time, operation, isFact: true)
            case .refused, .advanced, .failed: continue
            }
        }
        self.lapse(&all)
        return all
    }

    /// Ends what lapsed when the clock was set forward.
    private func lapse(_ all: inout [Possession]) {
        for operation in self.operations {
            guard case .advanced(let now) = operation.deed else { continue }
            for index in all.indices {
                guard let until = all[index].until, until <= now else { continue }
                all[index].kept = min(all[index].kept, operation.began)
                all[index].gone = min(all[index].gone, operation.ended)
            }
        }
    }

    // MARK: What cannot be

    /// Possessions of one place of which two were had at one instant for sure.
    private static func collisions(_ resource: String, _ possessions: [Possession]) -> [HistoryFault] {
        var faults: [HistoryFault] = []
        for (index, one) in possessions.enumerated() {
            // Sorted by when they were asked for: whatever comes later was asked for when this was gone.
            for other in possessions[(index + 1)...].prefix(while: { $0.asked < one.gone }) {
                guard one.time.span.overlaps(other.time.span), one.id != other.id else { continue }
                switch (one.isFact, other.isFact) {
                case (false, false):
                    // A confirmation hands time over: both ids have it while that is under way, neither for sure.
                    guard max(one.given, other.given) < min(one.kept, other.kept) else { continue }
                    faults.append(.overlap(min(one.id, other.id), max(one.id, other.id), of: resource))
                case (true, false):
                    guard one.given < other.since, other.given < one.kept else { continue }
                    faults.append(.soldBlockedTime(other.id))
                case (false, true), (true, true): continue
                }
            }
        }
        return faults
    }

    private func falseRefusals(_ places: [Place: [Possession]]) -> [HistoryFault] {
        self.operations.compactMap { operation in
            guard case .refused(let needs, let span, let moved) = operation.deed else { return nil }
            let window = operation.began...operation.ended
            let isJust = needs.contains { group in
                let obstacles = group.map { resource in
                    Self.obstacles(in: Self.places([resource], span).flatMap { places[$0] ?? [] }, span, moved, window)
                }
                // At one instant all of a group must have been somebody else's; only then may it begin to be so.
                let instants = [window.lowerBound] + obstacles.joined().map { max($0.asked, window.lowerBound) }
                return instants.contains { instant in
                    obstacles.allSatisfy { $0.contains { $0.asked <= instant && instant <= $0.gone } }
                }
            }
            return isJust ? nil : .falseRefusal(began: operation.began)
        }
    }

    /// What may have stood in the way of somebody during a window.
    private static func obstacles(
        in possessions: [Possession], _ span: Range<Instant>, _ moved: String?, _ window: ClosedRange<Int>
    ) -> [Possession] {
        possessions.filter { possession in
            possession.asked <= window.upperBound && possession.gone >= window.lowerBound && possession.id != moved
                && possession.time.span.overlaps(span)
        }
    }
}
