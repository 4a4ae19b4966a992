internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// What it costs customers to change their minds, and until when they may: agreed when a booking is made.
///
/// Times are elapsed time before the beginning: a day is 24 hours, also where clocks change in between.
struct BookingPolicies: APIInput, Hashable {
    let cancellation: CancellationPolicy?
    let rescheduling: ReschedulingPolicy?
    let noShow: NoShowPolicy?

    /// What the form of the input cannot tell.
    var faults: [Refusal.Field] {
        (self.cancellation.map { FeeTier.faults(of: $0.tiers, at: "/policies/cancellation/tiers") } ?? [])
            + (self.rescheduling.map { FeeTier.faults(of: $0.tiers, at: "/policies/rescheduling/tiers") } ?? [])
            + (self.noShow.flatMap { Fee(percent: $0.percent, amount: $0.amount).fault(at: "/policies/noShow") }
                .map { [$0] } ?? [])
    }
}

/// What cancelling costs.
struct CancellationPolicy: APIInput, Hashable {
    let tiers: [FeeTier]
    /// Minutes before the beginning from which customers cannot cancel any more.
    let closedMinutes: Int?

    static let constraints: [String: Constraint] = [
        "tiers": .items(0...10, default: [], "The first that fits counts; the last one has no `untilMinutes`."),
        "closedMinutes": .integer(
            FeeTier.minutes, "Minutes before the beginning from which customers cannot cancel themselves."),
    ]
}

/// What moving costs, and how often one may.
struct ReschedulingPolicy: APIInput, Hashable {
    let tiers: [FeeTier]
    /// Minutes before the beginning from which customers cannot move any more.
    let closedMinutes: Int?
    /// How often customers may move a booking.
    let most: Int?

    static let constraints: [String: Constraint] = [
        "tiers": .items(0...10, default: [], "The first that fits counts; the last one has no `untilMinutes`."),
        "closedMinutes": .integer(
            FeeTier.minutes, "Minutes before the beginning from which customers cannot move it themselves."),
        "most": .integer(0...100, "How often customers may move one booking themselves."),
    ]
}

/// What not coming costs, and how late one may be.
struct NoShowPolicy: APIInput, Hashable {
    let percent: Int?
    let amount: Int?
    let graceMinutes: Int

    static let constraints: [String: Constraint] = [
        "percent": .integer(Fee.percents, "Of the price, rounded to the minor unit, halves up."),
        "amount": .integer(Fee.amounts, "In minor units of the price's currency."),
        "graceMinutes": .integer(
            0...1_440, default: 0, "How late customers may be before it can be noted that they did not come."),
    ]
}

/// What a change costs from so long before the beginning on.
struct FeeTier: APIInput, Hashable {
    /// The least that is left until the beginning, in minutes; the last tier has none.
    let untilMinutes: Int?
    let percent: Int?
    let amount: Int?

    static let minutes = 0...525_600

    static let constraints: [String: Constraint] = [
        "untilMinutes": .integer(Self.minutes, "It counts while at least so many minutes are left."),
        "percent": .integer(Fee.percents, "Of the price, rounded to the minor unit, halves up."),
        "amount": .integer(Fee.amounts, "In minor units of the price's currency."),
    ]

    /// What it costs; nothing where neither a percentage nor an amount is named.
    var fee: Fee { Fee(percent: self.percent, amount: self.amount) }

    static func faults(of tiers: [FeeTier], at pointer: String) -> [Refusal.Field] {
        var faults: [Refusal.Field] = []
        for (index, tier) in tiers.enumerated() {
            let place = "\(pointer)/\(index)"
            if let fault = tier.fee.fault(at: place) { faults.append(fault) }
            let isLast = index == tiers.count - 1
            if isLast != (tier.untilMinutes == nil) {
                faults.append(
                    .init(
                        "\(place)/untilMinutes", isLast ? "last_tier" : "required",
                        isLast ? "the last tier counts until the end: leave it out" : "say until when it counts"))
            } else if let until = tier.untilMinutes, index > 0, let before = tiers[index - 1].untilMinutes,
                before <= until
            {
                faults.append(.init("\(place)/untilMinutes", "tier_order", "less than that of the tier before"))
            }
        }
        return faults
    }
}

/// A fixed amount, a part of the price, or nothing.
struct Fee: Sendable, Hashable {
    static let percents = 0...100
    static let amounts = 0...100_000_000

    let percent: Int?
    /// In minor units of the price's currency.
    let amount: Int?

    /// What it comes to; `nil` when that is nothing.
    ///
    /// A percentage is rounded to the minor unit, halves up: 25 % of 1.50 are 0.38.
    func owed(of price: Money) -> Money? {
        let minor: Int
        if let amount = self.amount {
            minor = amount
        } else {
            // By hundreds, so that nothing overflows whatever the price.
            let percent = min(max(self.percent ?? 0, 0), 100)
            let (hundreds, rest) = max(price.amount, 0).quotientAndRemainder(dividingBy: 100)
            minor = hundreds * percent + (rest * percent + 50) / 100
        }
        return minor > 0 ? try? Money(amount: minor, currency: price.currency) : nil
    }

    fileprivate func fault(at pointer: String) -> Refusal.Field? {
        guard self.percent != nil, self.amount != nil else { return nil }
        return Refusal.Field("\(pointer)/amount", "conflict", "a percentage is named already: name one of the two")
    }
}

extension [FeeTier] {
    /// What a change costs.
    ///
    /// - Parameters:
    ///   - now: When it is made.
    ///   - start: Where the booking begins.
    ///   - price: The price that was agreed.
    /// - Returns: `nil` when it costs nothing.
    func owed(at now: Instant, before start: Instant, of price: Money) -> Money? {
        self.first { tier in
            tier.untilMinutes.map { now <= start.adding(minutes: -Int64($0)) } ?? true
        }?.fee.owed(of: price)
    }
}
