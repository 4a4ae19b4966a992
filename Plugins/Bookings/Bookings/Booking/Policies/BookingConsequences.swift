internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What would come of changing a booking now, before anybody does.
struct BookingConsequences: Codable, Sendable {
    /// What would come of one kind of change.
    struct Change: Codable, Sendable {
        /// Whether the caller may make it now.
        let isPossible: Bool
        /// The code of the problem that they would meet.
        let problem: String?
        /// What the customer would owe for it now; absent when that is nothing.
        let fee: Money?
        /// What it costs when, the earliest first; empty when it costs nothing at any time.
        let tiers: [Tier]
        /// When customers cannot make it themselves any more; absent when that is when it begins.
        let closesAt: Instant?
    }

    /// What a change costs for a while.
    struct Tier: Codable, Sendable {
        /// The last instant at which it does; absent of the last tier.
        let until: Instant?
        /// What the customer owes; absent when that is nothing.
        let fee: Money?
    }

    /// What would come of not coming.
    struct NoShow: Codable, Sendable {
        /// From when on it can be noted.
        let from: Instant
        /// What the customer would owe; absent when that is nothing.
        let fee: Money?
    }

    let cancel: Change
    let reschedule: Change
    /// How often the customer may still move it; absent when nothing limits that.
    let reschedulesLeft: Int?
    let noShow: NoShow
}

extension BookingReader {
    /// What would come of changing a booking that the caller may see.
    func consequences(_ id: ID<Booking>, _ call: Call, in tx: ReadTransaction) throws -> BookingConsequences {
        self.consequences(of: try self.visible(id, in: tx), call, in: tx)
    }

    /// What would come of changing a booking.
    func consequences(of row: BookingRow, _ call: Call, in tx: ReadTransaction) -> BookingConsequences {
        let policies = row.policies
        return BookingConsequences(
            cancel: self.consequence(
                of: .cancel, on: row, policies?.cancellation?.tiers ?? [], policies?.cancellation?.closedMinutes, call,
                in: tx),
            reschedule: self.consequence(
                of: .reschedule, on: row, policies?.rescheduling?.tiers ?? [], policies?.rescheduling?.closedMinutes,
                call, in: tx),
            reschedulesLeft: policies?.rescheduling?.most.map { max(0, $0 - row.moves) },
            noShow: BookingConsequences.NoShow(
                from: row.lateFrom,
                fee: policies?.noShow.flatMap { Fee(percent: $0.percent, amount: $0.amount).owed(of: row.price) }))
    }

    private func consequence(
        of action: BookingAction, on row: BookingRow, _ tiers: [FeeTier], _ closedMinutes: Int?, _ call: Call,
        in tx: ReadTransaction
    ) -> BookingConsequences.Change {
        var refusal = action.obstacle(in: row, waitingFor: [], at: tx.now)?.refusal
        if refusal == nil, !tx.allows(action.rule.permission, on: row.ownership(for: action)) {
            refusal = Refusal.forbidden(action.rule.permission)
        }
        refusal = refusal ?? row.closure(of: action, for: BookingParty(of: call, in: row), at: tx.now)
        let isFree = tiers.allSatisfy { $0.fee.owed(of: row.price) == nil }
        return BookingConsequences.Change(
            isPossible: refusal == nil, problem: refusal?.code, fee: row.owed(for: action, at: tx.now),
            tiers: isFree
                ? []
                : tiers.map { tier in
                    BookingConsequences.Tier(
                        until: tier.untilMinutes.map { row.start.adding(minutes: -Int64($0)) },
                        fee: tier.fee.owed(of: row.price))
                },
            closesAt: closedMinutes.map { row.start.adding(minutes: -Int64($0)) })
    }
}
