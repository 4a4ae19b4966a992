internal import AlmanacStorage
internal import BookingsAPI

extension BookingInspection {
    /// Where a booking may stand after some of its steps, and how many of its events these have told.
    private struct Standing: Hashable {
        let status: Booking.Status
        let told: Int
    }

    /// One way a step can go.
    private struct Step {
        let from: Booking.Status
        let to: Booking.Status
        let tells: [String]
    }

    /// Bookings that have come to where they stand by steps that there are not, at another price, or untold.
    func brokenHistories(_ events: [String: [String]]?) -> [BookingViolation] {
        self.bookings.compactMap { booking in
            let changes = self.changes[booking.id] ?? []
            let told = events.map { all in
                (all[booking.id.description] ?? []).compactMap { Self.lifeEvents.contains($0) ? $0 : nil }
            }
            let steps = changes.map(\.kind.rawValue).joined(separator: ", ")
            guard self.canBe(booking, changes) else {
                return BookingViolation(.history, of: booking.id, "is \(booking.status.rawValue) after: \(steps)")
            }
            guard self.canBe(booking, changes, paying: true) else {
                let paid = changes.map { "\($0.kind.rawValue) \($0.fee ?? 0), waived \($0.waived ?? 0)" }
                return BookingViolation(
                    .fees, of: booking.id, "cost other than was agreed: \(paid.joined(separator: "; "))")
            }
            if let told, !self.canBe(booking, changes, paying: true, telling: told) {
                return BookingViolation(
                    .events, of: booking.id, "went through [\(steps)] and told \(told.joined(separator: ", "))")
            }
            return nil
        }
    }

    /// Whether a booking can stand where it does.
    ///
    /// Its history does not say whether a move has made it pending, nor whether it began so: all ways are followed.
    private func canBe(
        _ booking: InspectedBooking, _ changes: [InspectedChange], paying: Bool = false, telling events: [String]? = nil
    ) -> Bool {
        func follow(_ names: [String], after told: Int) -> Int? {
            guard let events else { return 0 }
            return events.dropFirst(told).starts(with: names) ? told + names.count : nil
        }
        var standings: Set<Standing> = []
        for (status, name) in [(Booking.Status.pending, Self.requested), (.confirmed, Self.confirmed)] {
            if let told = follow([name], after: 0) { standings.insert(Standing(status: status, told: told)) }
        }
        for change in changes {
            var next: Set<Standing> = []
            for step in Self.steps(of: change.kind) {
                if paying, !Self.isPaid(change, of: booking, from: step.from) { continue }
                for standing in standings where standing.status == step.from {
                    guard let told = follow(step.tells, after: standing.told) else { continue }
                    next.insert(Standing(status: step.to, told: told))
                }
            }
            standings = next
        }
        return standings.contains(Standing(status: booking.status, told: events?.count ?? 0))
    }

    // MARK: Steps

    private static let requested = "bookings.booking-requested"
    private static let confirmed = "bookings.booking-confirmed"
    private static let rescheduled = "bookings.booking-rescheduled"
    private static let cancelled = "bookings.booking-cancelled"
    private static let rejected = "bookings.booking-rejected"
    private static let started = "bookings.booking-started"
    private static let completed = "bookings.booking-completed"
    private static let missed = "bookings.booking-missed"
    private static let lifeEvents: Set<String> = [
        Self.requested, Self.confirmed, Self.rescheduled, Self.cancelled, Self.rejected, Self.started, Self.completed,
        Self.missed,
    ]

    /// The table in the plugin's README of the life of a booking, a second time.
    private static func steps(of kind: BookingChange.Kind) -> [Step] {
        switch kind {
        case .rescheduled:
            [
                Step(from: .pending, to: .pending, tells: [Self.rescheduled]),
                Step(from: .confirmed, to: .confirmed, tells: [Self.rescheduled]),
                Step(from: .confirmed, to: .pending, tells: [Self.rescheduled, Self.requested]),
            ]
        case .cancelled:
            [
                Step(from: .pending, to: .cancelled, tells: [Self.cancelled]),
                Step(from: .confirmed, to: .cancelled, tells: [Self.cancelled]),
            ]
        case .confirmed: [Step(from: .pending, to: .confirmed, tells: [Self.confirmed])]
        case .rejected, .expired: [Step(from: .pending, to: .rejected, tells: [Self.rejected])]
        case .started: [Step(from: .confirmed, to: .inProgress, tells: [Self.started])]
        case .completed:
            [
                Step(from: .confirmed, to: .completed, tells: [Self.completed]),
                Step(from: .inProgress, to: .completed, tells: [Self.completed]),
            ]
        case .noShow: [Step(from: .confirmed, to: .noShow, tells: [Self.missed])]
        }
    }

    // MARK: Fees

    /// Whether a step was charged, or its charge waived, as the policies that were agreed say.
    private static func isPaid(
        _ change: InspectedChange, of booking: InspectedBooking, from status: Booking.Status
    ) -> Bool {
        let owed = status == .pending ? nil : Self.owed(for: change, of: booking)
        return (change.fee == owed && change.waived == nil) || (change.fee == nil && change.waived == owed)
    }

    private static func owed(for change: InspectedChange, of booking: InspectedBooking) -> Int? {
        let tiers: [FeeTier]
        switch change.kind {
        case .cancelled: tiers = booking.policies?.cancellation?.tiers ?? []
        case .rescheduled: tiers = booking.policies?.rescheduling?.tiers ?? []
        case .noShow:
            guard let policy = booking.policies?.noShow else { return nil }
            return Self.amount(policy.amount, policy.percent, of: booking.price)
        case .confirmed, .rejected, .expired, .started, .completed: return nil
        }
        let left = change.fromStart.microseconds(since: change.changedAt)
        let tier = tiers.first { left >= Int64($0.untilMinutes ?? 0) * 60_000_000 || $0.untilMinutes == nil }
        return tier.flatMap { Self.amount($0.amount, $0.percent, of: booking.price) }
    }

    /// Halves of a minor unit count as whole ones.
    private static func amount(_ amount: Int?, _ percent: Int?, of price: Int) -> Int? {
        let minor = amount ?? Int((Double(price) * Double(percent ?? 0) / 100).rounded(.toNearestOrAwayFromZero))
        return minor > 0 ? minor : nil
    }
}
