internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What came of the policies of a booking when it was changed.
struct BookingCharge: Sendable, Equatable {
    /// What the customer owes for the change.
    var fee: Money?
    /// What they would have owed, if it was waived.
    var waived: Money?

    /// The change cost nothing.
    static let none = BookingCharge()

    /// What the audit log tells of it.
    var detail: JSONObject {
        var detail: JSONObject = [:]
        if let fee = self.fee { detail["fee"] = .string(fee.description) }
        if let waived = self.waived { detail["waivedFee"] = .string(waived.description) }
        return detail
    }
}

extension BookingRow {
    /// Why the policies agreed for the booking do not let its customer do this any more.
    ///
    /// They bind the customer: whoever works for the organization is not stopped by them.
    ///
    /// - Returns: `nil` when nothing stands in the way.
    func closure(of action: BookingAction, for party: BookingParty, at now: Instant) -> Refusal? {
        guard party == .customer, let policies = self.policies else { return nil }
        let closed: Int?
        switch action {
        case .cancel: closed = policies.cancellation?.closedMinutes
        case .reschedule:
            if let most = policies.rescheduling?.most, self.moves >= most {
                return Refusal(
                    .conflict, "rescheduled_too_often",
                    most == 0
                        ? "this cannot be moved: ask those who give it"
                        : "this has been moved as often as it may: ask those who give it")
            }
            closed = policies.rescheduling?.closedMinutes
        case .approve, .reject, .start, .complete, .noShow: return nil
        }
        guard let closed, now > self.start.adding(minutes: -Int64(closed)) else { return nil }
        return Refusal(
            .conflict, "change_closed",
            "this can be changed until \(closed) minutes before it begins only: ask those who give it",
            details: ["until": .string(self.start.adding(minutes: -Int64(closed)).rfc3339)])
    }

    /// What a change costs the customer now, whoever makes it; a booking that is only asked for costs nothing.
    func owed(for action: BookingAction, at now: Instant) -> Money? {
        guard self.status != .pending, let policies = self.policies else { return nil }
        return switch action {
        case .cancel: policies.cancellation?.tiers.owed(at: now, before: self.start, of: self.price)
        case .reschedule: policies.rescheduling?.tiers.owed(at: now, before: self.start, of: self.price)
        case .noShow: policies.noShow.flatMap { Fee(percent: $0.percent, amount: $0.amount).owed(of: self.price) }
        case .approve, .reject, .start, .complete: nil
        }
    }

    /// From when on it can be noted that the customer did not come.
    var lateFrom: Instant { self.start.adding(minutes: Int64(self.policies?.noShow?.graceMinutes ?? 0)) }

    /// Decides what a change costs, and refuses it where the policies leave it to the organization.
    ///
    /// A customer who changes a booking owes its fee, and so does one who did not come. Where somebody of the
    /// organization cancels or moves, nothing is owed unless they say so, for it may be they who cannot come. Leaving out
    /// what is owed asks for the permission to waive it; who does not have it charges.
    ///
    /// - Parameters:
    ///   - action: The change.
    ///   - isCharged: What the caller says about it.
    ///   - call: Who makes it.
    ///   - tx: The transaction in which the booking is locked.
    /// - Returns: What is owed or waived.
    /// - Throws: ``Refusal`` when the customer may not any more, or the caller waives what they may not.
    func charge(
        for action: BookingAction, _ isCharged: Bool?, _ call: Call, in tx: Transaction
    ) throws -> BookingCharge {
        let party = BookingParty(of: call, in: self)
        if let refusal = self.closure(of: action, for: party, at: tx.now) { throw refusal }
        guard let owed = self.owed(for: action, at: tx.now) else { return .none }
        let provider = Ownership(assignees: [self.providerPerson])
        let isUsual = party == .customer || action == .noShow
        if isCharged ?? (isUsual || !tx.allows(.waiveFee, on: provider)) { return BookingCharge(fee: owed) }
        try tx.require(.waiveFee, on: provider)
        return BookingCharge(waived: owed)
    }
}
