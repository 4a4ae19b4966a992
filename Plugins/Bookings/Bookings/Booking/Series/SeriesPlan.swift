internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A series that is to be booked, put to one version of the catalog.
struct SeriesPlan {
    let catalog: Catalog
    let eventType: EventTypeEntry
    let times: SeriesTimes
    /// The check of all times, in their order.
    var joint: JointCheck
    /// With which day a week begins.
    let firstWeekday: Weekday

    /// Decides about all times.
    ///
    /// - Parameters:
    ///   - booker: Whom it is for.
    ///   - tx: A transaction in which claims and limits were read; under their locks, if it is going to be booked.
    /// - Returns: What can be booked and who takes it, and what cannot, each by its number.
    /// - Throws: Storage errors.
    mutating func decide(
        for booker: Booker, in tx: ReadTransaction
    ) throws -> (free: [(index: Int, assignment: Assignment)], conflicts: [(index: Int, conflict: SeriesConflict)]) {
        let outcomes = try self.joint.outcomes(in: tx)
        var free: [(index: Int, assignment: Assignment)] = []
        var refused: [(index: Int, refusal: Refusal)] = []
        for (index, outcome) in outcomes.enumerated() {
            switch outcome {
            case .free(let assignment):
                let ownership = Ownership(owners: booker.owners, assignees: assignment.hosts)
                if tx.allows(.createBooking, on: ownership) {
                    free.append((index, assignment))
                } else {
                    refused.append((index, .forbidden(.createBooking)))
                }
            case .taken: refused.append((index, .slotTaken(nearest: [])))
            case .impossible(let verdict): refused.append((index, self.joint.checks[index].refusal(verdict)))
            case .lacking: refused.append((index, .resourceMissing))
            }
        }
        return (free, refused.map { ($0.index, self.conflict(at: $0.index, because: $0.refusal)) })
    }

    /// What is told of a time that cannot be booked.
    func conflict(at index: Int, because refusal: Refusal) -> SeriesConflict {
        let occurrence = self.times.occurrences[index]
        return SeriesConflict(
            occurrence.local, at: occurrence.instant, because: refusal,
            alternatives: self.joint.offers(
                besides: index, in: self.times.recurrence.zone, firstWeekday: self.firstWeekday))
    }
}

extension JointCheck {
    /// What is told of the free starts nearest to one that is not.
    func offers(besides index: Int, in zone: Zone, firstWeekday: Weekday) -> [SeriesConflict.Alternative] {
        self.alternatives(to: index, in: zone, firstWeekday: firstWeekday).map { slot, provider in
            let local = zone.local(at: slot.start)
            return SeriesConflict.Alternative(
                start: slot.start, end: slot.end,
                localStart: LocalDateTime(local.date, secondOfDay: local.secondOfDay), provider: provider)
        }
    }
}
