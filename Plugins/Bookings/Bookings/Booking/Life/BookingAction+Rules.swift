internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension BookingAction {
    /// What it asks for.
    var rule: ActionRule {
        switch self {
        case .cancel: .cancel
        case .reschedule: .reschedule
        case .approve: .approve
        case .reject: .reject
        case .start: .start
        case .complete: .complete
        case .noShow: .noShow
        }
    }

    /// What stands in the way of doing this with a booking now, whoever asks.
    ///
    /// - Parameters:
    ///   - row: The booking.
    ///   - open: What it waits for, when it is pending.
    ///   - now: The instant that counts as now.
    /// - Returns: `nil` when it can be done.
    func obstacle(in row: BookingRow, waitingFor open: [String], at now: Instant) -> ActionObstacle? {
        if let obstacle = self.rule.obstacle(in: row, at: now) { return obstacle }
        return self == .approve && !open.contains(BookingLife.approval) ? .notAwaitingApproval : nil
    }
}

extension ActionRule {
    /// What stands in the way of a change by this rule, whoever asks: the status of the booking, or the time.
    func obstacle(in row: BookingRow, at now: Instant) -> ActionObstacle? {
        guard !row.hasLapsed(at: now) else { return .lapsed }
        guard self.from.contains(row.status) else { return .status(row.status) }
        switch self.window {
        case .always: return nil
        case .untilStart:
            if now >= row.end { return .over }
            return now < row.start ? nil : .begun
        case .untilEnd: return now < row.end ? nil : .over
        case .fromShortlyBeforeStart:
            let earliest = row.start.adding(minutes: -ActionRule.earlyMinutes)
            return now >= earliest ? nil : .tooEarly(earliest)
        case .fromStart: return row.status == .inProgress || now >= row.start ? nil : .tooEarly(row.start)
        case .fromLate: return now >= row.lateFrom ? nil : .tooEarly(row.lateFrom)
        }
    }
}

/// What stands in the way of a change.
enum ActionObstacle: Sendable, Equatable {
    /// It was pending for so long that its time is free again.
    case lapsed
    /// Nothing of the kind is done from this status.
    case status(Booking.Status)
    /// It is pending, but not for want of an approval.
    case notAwaitingApproval
    /// It has begun.
    case begun
    /// It has ended.
    case over
    /// It can be done from this instant on.
    case tooEarly(Instant)

    /// The refusal that tells of it.
    var refusal: Refusal {
        switch self {
        case .lapsed: .bookingLapsed
        case .status(let status): Self.refusal(for: status)
        case .notAwaitingApproval:
            Refusal(.conflict, "not_awaiting_approval", "this booking has been approved, or never had to be")
        case .begun: Refusal(.conflict, "booking_begun", "this has begun already and cannot be changed")
        case .over: Refusal(.conflict, "booking_over", "this is over already")
        case .tooEarly(let earliest):
            Refusal(
                .conflict, "booking_not_begun", "this can be done from \(earliest.rfc3339) on: wait until then",
                details: ["from": .string(earliest.rfc3339)])
        }
    }

    private static func refusal(for status: Booking.Status) -> Refusal {
        switch status {
        case .cancelled: Refusal(.conflict, "booking_cancelled", "this booking has been cancelled already")
        case .rejected: Refusal(.conflict, "booking_rejected", "this booking has been rejected already")
        case .completed, .noShow:
            Refusal(.conflict, "booking_closed", "this booking is \(status.rawValue) and stays so")
        case .pending:
            Refusal(
                .conflict, "booking_pending", "something about this booking is still open: `waitsFor` says what")
        case .confirmed: Refusal(.conflict, "booking_confirmed", "this booking is confirmed and waits for nothing")
        case .inProgress: Refusal(.conflict, "booking_in_progress", "this booking has been started already")
        }
    }
}

extension BookingRow {
    /// Whose booking it is, as far as an action is theirs to do.
    func ownership(for action: BookingAction) -> Ownership {
        self.ownership(for: action.rule)
    }

    /// Whose booking it is, as far as what a rule allows is theirs to do.
    func ownership(for rule: ActionRule) -> Ownership {
        switch rule.side {
        case .both: self.ownership
        case .provider: Ownership(assignees: self.ownership.assignees)
        case .customer: Ownership(owners: self.ownership.owners)
        }
    }

    /// Whether it was pending for so long that its time is free again.
    func hasLapsed(at now: Instant) -> Bool {
        self.status == .pending && self.expiresAt.map { $0 <= now } ?? false
    }

    /// Refuses what cannot be done with the booking now, or not by the caller.
    ///
    /// - Parameters:
    ///   - action: What is to be done.
    ///   - open: What the booking waits for, where that matters.
    ///   - call: Who wants it, and which version they have seen.
    ///   - tx: The transaction in which the booking is locked.
    /// - Throws: ``Refusal``: of the caller, of the version they have seen, of the state the booking is in.
    func require(_ action: BookingAction, waitingFor open: [String] = [], _ call: Call, in tx: Transaction) throws {
        try tx.require(action.rule.permission, on: self.ownership(for: action))
        try call.match(version: self.version)
        if let obstacle = action.obstacle(in: self, waitingFor: open, at: tx.now) { throw obstacle.refusal }
    }

    /// Refuses what a rule does not let the caller do with the booking now; the version they have seen is not asked.
    ///
    /// - Throws: ``Refusal``: of the caller, of the state the booking is in.
    func require(by rule: ActionRule, _ call: Call, in tx: Transaction) throws {
        try tx.require(rule.permission, on: self.ownership(for: rule))
        if let obstacle = rule.obstacle(in: self, at: tx.now) { throw obstacle.refusal }
    }
}

extension Refusal {
    static let bookingLapsed = Refusal(
        .conflict, "booking_lapsed", "nobody confirmed this booking in time: what it had kept is free again")
}
