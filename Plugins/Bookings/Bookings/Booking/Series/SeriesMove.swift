internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Moves several bookings of a series at once, by as much on the clock of the series.
///
/// - What is moved goes by wall time: ten o'clock stays ten o'clock when clocks change.
/// - A booking that was moved alone before stays where it is, unless the caller says that it goes where the series has
///   it; its place in the series moves along in any case. The booking that is named goes to the start that is named.
/// - When bookings of the series remain that are not meant, as those that have begun, the series is split as RFC 5545
///   §3.8.4.4 has it for `THISANDFUTURE`: what is meant is a series of its own from then on.
struct SeriesMove: Sendable {
    let defaults: CurrentSettings<Bookings.Settings.Defaults>
    let writer: BookingWriter
    let series: SeriesReader

    /// A booking that goes somewhere else.
    private struct Mover {
        var row: BookingRow
        let start: Instant
        let charge: BookingCharge
    }

    /// Where everything goes.
    private struct Plan {
        let shift: WallShift
        /// The first place that is meant, before the move.
        let cut: LocalDateTime
        /// What is meant, with its place after the move.
        var meant: [BookingRow] = []
        var movers: [Mover] = []
        var conflicts: [SeriesConflict] = []
    }

    /// Moves all bookings to come, or those from one on.
    ///
    /// - Throws: ``Refusal`` with code `series_conflict` that names every booking that cannot be moved, when all are to
    ///   be or none can.
    func reschedule(_ input: RescheduleBookingSeries, _ call: Call, in tx: Transaction) throws -> SeriesAnswer {
        let (series, all) = try self.series.locked(input.id, in: tx)
        try call.match(version: series.version)
        let visible = try self.series.visible(all, in: tx.reading)
        let meant = try input.scope.bookings(from: input.booking, of: visible, at: tx.now)
        var plan = try self.plan(input, series, meant, call, in: tx)
        let count = plan.movers.count + plan.conflicts.count
        guard input.mode == .free || plan.conflicts.isEmpty else {
            throw Refusal.seriesConflict(plan.conflicts, of: count)
        }
        if plan.shift.isZero, plan.movers.isEmpty, plan.conflicts.isEmpty {
            return try self.series.answer(series, visible, changed: [], [], fee: nil, call, in: tx)
        }
        let moves = try self.settle(&plan, input, series, call, in: tx)
        guard input.mode == .free || plan.conflicts.isEmpty, !moves.isEmpty || plan.conflicts.isEmpty else {
            throw Refusal.seriesConflict(plan.conflicts, of: count)
        }
        return try self.write(moves, plan, input, series, all, visible, call, in: tx)
    }

    // MARK: Planning

    private func plan(
        _ input: RescheduleBookingSeries, _ series: SeriesRow, _ meant: [BookingRow], _ call: Call, in tx: Transaction
    ) throws -> Plan {
        guard let anchor = meant.first(where: { $0.id == input.booking }) ?? meant.first, let place = anchor.place
        else {
            throw Refusal.notFound("booking series")
        }
        let (zone, policy) = (series.recurrence.zone, series.recurrence.policy)
        let shift = WallShift(from: place.local, to: input.start)
        var plan = Plan(shift: shift, cut: meant.compactMap(\.place?.local).min() ?? place.local)
        for row in meant {
            guard let place = row.place else { continue }
            var after = row
            let local = shift.moving(place.local)
            let instant = policy.instant(of: local, in: zone)
            // Where the clock jumps over its new time the series still has it there, at the instant of the jump.
            let standing = instant ?? zone.instants(of: local).compatible
            if input.scope != .this {
                after.place = SeriesPlace(series: place.series, local: local, instant: standing)
            }
            plan.meant.append(after)
            let stays = row.isException && input.exceptions == .keep && row.id != anchor.id
            let isSame = standing == row.start && (input.provider == nil || input.provider == row.provider)
            if stays || isSame { continue }
            do {
                guard let instant else { throw Refusal.skippedTime }
                let charge = try row.permit(.reschedule, charging: input.chargeFee, call, in: tx)
                if BookingParty(of: call, in: row) == .customer { after.moves += 1 }
                plan.movers.append(Mover(row: after, start: instant, charge: charge))
            } catch let refusal as Refusal {
                plan.conflicts.append(after.conflict(because: refusal, at: standing))
            }
        }
        return plan
    }

    // MARK: Deciding

    /// Locks what they could take, decides who goes where, and lets policies look at it.
    ///
    /// What cannot be moved keeps its time, which others of the series may have been given: then it is decided anew
    /// without them.
    private func settle(
        _ plan: inout Plan, _ input: RescheduleBookingSeries, _ series: SeriesRow, _ call: Call, in tx: Transaction
    ) throws -> [BookingWriter.Move] {
        guard !plan.movers.isEmpty else { return [] }
        let (catalog, joint) = try self.open(plan, input, in: tx)
        let rules = catalog.eventType(series.eventType)?.rules
        let firstWeekday = try self.defaults(in: tx.reading).firstWeekday.weekday
        var going = Array(plan.movers.indices)
        while !going.isEmpty {
            var check = joint.limited(to: going)
            check.forget(going.map { plan.movers[$0].row })
            let outcomes = try check.outcomes(in: tx.reading)
            var free: [(index: Int, assignment: Assignment, check: SlotCheck)] = []
            var refused: [(index: Int, refusal: Refusal)] = []
            for (number, outcome) in outcomes.enumerated() {
                switch outcome {
                case .free(let assignment): free.append((going[number], assignment, check.checks[number]))
                case .taken: refused.append((number, .slotTaken(nearest: [])))
                case .impossible(let verdict): refused.append((number, check.checks[number].refusal(verdict)))
                case .lacking: refused.append((number, .resourceMissing))
                }
            }
            if refused.isEmpty {
                let result = try self.settle(free, plan, input, rules, in: tx)
                switch result {
                case .success(let moves):
                    if let taken = joint.taken { try self.writer.ledger.release(expired: taken, in: tx) }
                    try self.take(moves, free, call, in: tx)
                    return moves
                case .failure(let veto): refused = [(going.firstIndex(of: veto.index) ?? 0, veto.refusal)]
                }
            }
            for (number, refusal) in refused {
                let mover = plan.movers[going[number]]
                plan.conflicts.append(
                    mover.row.conflict(
                        because: refusal, at: mover.start,
                        alternatives: check.offers(
                            besides: number, in: series.recurrence.zone, firstWeekday: firstWeekday)))
            }
            if input.mode == .all { return [] }
            let stuck = Set(refused.map { going[$0.index] })
            going.removeAll { stuck.contains($0) }
        }
        return []
    }

    private func open(
        _ plan: Plan, _ input: RescheduleBookingSeries, in tx: Transaction
    ) throws -> (Catalog, JointCheck) {
        let catalog = try self.writer.catalogs.current(in: tx.reading)
        var joint = try self.joint(plan.movers, input, catalog, in: tx)
        let locked = joint.resources
        try self.writer.ledger.lock(locked, and: joint.limitLocks, in: tx)
        if try joint.readClaims(in: tx.reading) != catalog.stamp {
            let current = try self.writer.catalogs.reload(in: tx.reading)
            joint = try self.joint(plan.movers, input, current, in: tx)
            guard joint.keep(Set(locked)), joint.limitLocks.allSatisfy({ tx.holds($0) }) else {
                throw Refusal.catalogChanged
            }
            _ = try joint.readClaims(in: tx.reading)
            try joint.readQuotas(in: tx.reading)
            return (current, joint)
        }
        try joint.readQuotas(in: tx.reading)
        return (catalog, joint)
    }

    private func joint(
        _ movers: [Mover], _ input: RescheduleBookingSeries, _ catalog: Catalog, in tx: Transaction
    ) throws -> JointCheck {
        let checks = try movers.map { mover in
            try self.writer.check(
                moving: mover.row,
                as: RescheduleBooking(
                    id: mover.row.id, start: mover.start, provider: input.provider, reason: nil, chargeFee: nil),
                under: catalog, in: tx)
        }
        return JointCheck(checks, ledger: self.writer.ledger, isTogether: false)
    }

    /// A policy does not let one of them go.
    private struct Veto: Error {
        let index: Int
        let refusal: Refusal
    }

    /// Lets policies look at all of them; when one is vetoed, what they have left behind is undone.
    private func settle(
        _ free: [(index: Int, assignment: Assignment, check: SlotCheck)], _ plan: Plan,
        _ input: RescheduleBookingSeries, _ rules: EventTypeRules?, in tx: Transaction
    ) throws -> Result<[BookingWriter.Move], Veto> {
        do {
            return .success(
                try tx.savepoint {
                    try free.map { index, assignment, check in
                        let mover = plan.movers[index]
                        do {
                            let after = try self.writer.settle(mover.row, as: assignment, check, rules, in: tx)
                            return BookingWriter.Move(
                                before: mover.row, after: after, charge: mover.charge, reason: input.reason)
                        } catch let refusal as Refusal {
                            throw Veto(index: index, refusal: refusal)
                        }
                    }
                })
        } catch let veto as Veto {
            return .failure(veto)
        }
    }

    /// Takes the new times, once all old ones are given back: one may go where another was.
    private func take(
        _ moves: [BookingWriter.Move], _ free: [(index: Int, assignment: Assignment, check: SlotCheck)],
        _ call: Call, in tx: Transaction
    ) throws {
        try self.writer.ledger.release(moves.map(\.after.id), in: tx)
        let claims = zip(moves, free).flatMap { move, found in
            found.assignment.claims(of: move.after, found.check.seats(in: found.assignment, tx))
        }
        for batch in claims.batches(of: SeriesWriter.batch) {
            try self.writer.ledger.take(batch, createdBy: call.principal.name, in: tx)
        }
    }

    // MARK: Writing

    private func write(
        _ moves: [BookingWriter.Move], _ plan: Plan, _ input: RescheduleBookingSeries, _ series: SeriesRow,
        _ all: [BookingRow], _ visible: [BookingRow], _ call: Call, in tx: Transaction
    ) throws -> SeriesAnswer {
        let before = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }
        let meant = Set(plan.meant.map(\.id))
        let (old, new) = try self.split(series, plan, all.filter { !meant.contains($0.id) }, input, call, in: tx)
        func placed(_ row: BookingRow) -> BookingRow {
            var row = row
            row.place = row.place.map { SeriesPlace(series: new.id, local: $0.local, instant: $0.instant) }
            return row
        }
        var changed: [BookingRow] = []
        for move in moves {
            let was = before[move.before.id] ?? move.before
            let now = placed(move.after)
            changed.append(now)
            try now.update(call: call, in: tx)
            try BookedResources.replace(was.further, by: now.further, of: now.id, call: call, in: tx)
            try self.writer.tell(
                of: .init(before: was, after: now, charge: move.charge, reason: move.reason, series: new.id), call,
                in: tx)
        }
        // Who stays has another place in the series all the same.
        let moved = Set(moves.map(\.after.id))
        var staying: [BookingRow] = []
        for row in plan.meant where !moved.contains(row.id) && input.scope != .this {
            var row = placed(row)
            row.moves = before[row.id]?.moves ?? row.moves
            row.version += 1
            try row.update(call: call, in: tx)
            staying.append(row)
        }
        let fee = try moves.compactMap(\.charge.fee).total
        try tx.audit(
            "bookings.booking-series.rescheduled", object: new.object,
            detail: ["bookings": .number(JSONNumber(changed.count)), "scope": .string(input.scope.rawValue)])
        if !changed.isEmpty {
            try tx.emit(
                BookingSeriesRescheduled(
                    series: new.id, earlier: old?.id, customer: new.customer, bookings: changed.map(\.id), fee: fee))
        }
        let after = Dictionary((changed + staying).map { ($0.id, $0) }) { first, _ in first }
        return try self.series.answer(
            new, visible.map { after[$0.id] ?? $0 }, changed: changed, plan.conflicts, fee: fee, call, in: tx)
    }

    /// The series as it is after the move, and what remains of it when others are not meant.
    private func split(
        _ series: SeriesRow, _ plan: Plan, _ others: [BookingRow], _ input: RescheduleBookingSeries,
        _ call: Call, in tx: Transaction
    ) throws -> (old: SeriesRow?, new: SeriesRow) {
        var old = series
        guard input.scope != .this else {
            try old.become(series.recurrence, call: call, in: tx)
            return (nil, old)
        }
        let (zone, policy) = (series.recurrence.zone, series.recurrence.policy)
        let remaining = others.filter { $0.status.takesTime }.compactMap(\.place?.local)
        let parts = policy.instant(of: plan.cut, in: zone).flatMap { try? series.recurrence.split(at: $0) }
        let guess = remaining.isEmpty ? series.recurrence : parts?.following
        guard
            let times = Recurrence.having(
                plan.meant.compactMap(\.place?.local), guess: guess.flatMap { plan.shift.guess(at: $0) },
                like: series.recurrence)
        else { return (nil, series) }
        guard let rest = Recurrence.having(remaining, guess: parts?.earlier, like: series.recurrence) else {
            try old.become(times, call: call, in: tx)
            return (nil, old)
        }
        try old.become(rest, call: call, in: tx)
        let new = SeriesRow(
            id: tx.id(), eventType: series.eventType, provider: input.provider ?? series.provider,
            customer: series.customer, customerPerson: series.customerPerson, recurrence: times, splitFrom: series,
            createdAt: tx.now)
        try new.insert(call: call, in: tx)
        return (old, new)
    }
}

extension Refusal {
    /// A time that no clock shows, where those are left out.
    fileprivate static let skippedTime = Refusal.invalid(
        "/start", "skipped_time", "clocks do not show this time on that date, for they are put forward")
}
