internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `GET /slots/explain`.
struct ExplainSlot: APIInput {
    /// For whom it is explained.
    enum Audience: String, CaseIterable, Codable, Sendable, APIValue {
        /// A customer who books for themselves.
        case customer
        /// The caller, whom the minimum notice may not bind.
        case caller
    }

    let eventType: String
    let provider: ID<Provider>
    let at: Instant
    let audience: Audience
    let location: ID<Location>?

    static let constraints: [String: Constraint] = [
        "eventType": .text(1...63, "The id or the slug of the event type."),
        "location": .field("Where, if customers choose among several locations."),
        "provider": .field("Whose time is asked about."), "at": .field("The start that is or is not offered."),
        "audience": .field(
            default: "customer", "For whom: what a customer is offered, or what the caller is offered as staff."),
    ]
}

/// Why a start is or is not offered.
struct SlotExplanation: Codable, Sendable {
    /// What was looked at.
    enum Rule: String, CaseIterable, Codable, Sendable, APIValue {
        case offer, past, notice, window, hours, open, grid, capacity, limit, taken, travel, gaps, assignment, session
    }

    /// One thing that was looked at, whether it stands in the way or not.
    struct Reason: Codable, Sendable {
        let rule: Rule
        /// Whether it lets the start be offered.
        let allows: Bool
        /// The same for people.
        let detail: String
        /// What stands in the way; empty when nothing does or it is no time that is taken.
        var claims: [Claim] = []
        /// The holidays of the date.
        var holidays: [HolidayReason] = []
        /// The nearest starts of the grid.
        var neighbors: [Instant] = []
        /// The limit that is reached.
        var limit: LimitReason?
    }

    /// Time that is taken.
    struct Claim: Codable, Sendable {
        let start: Instant
        let end: Instant
        /// Only its buffer, or that of the appointment asked for, is in the way.
        let isBuffer: Bool
        /// The booking, for those who may see it.
        let booking: ID<Booking>?
        /// Its number, for those who may see it.
        let number: String?
        /// How long the way to it or from it takes, where that is in the way.
        var travelMinutes: Int?
        /// The session that takes it, when one was scheduled.
        let session: ID<GroupSession>?
        /// What that is called.
        let title: String?
    }

    /// A holiday of the date.
    struct HolidayReason: Codable, Sendable {
        let calendar: ID<HolidayCalendar>
        let name: String
    }

    /// A limit and what counts towards it.
    struct LimitReason: Codable, Sendable {
        let holder: BookingQuota.Holder
        let period: BookingLimit.Period
        let bookings: Int
        let mostBookings: Int?
        let minutes: Int
        let mostMinutes: Int?
    }

    /// What was found about one provider.
    struct Part: Codable, Sendable {
        let provider: ID<Provider>
        /// Whether this is who stands in for the provider asked about.
        let isStandIn: Bool
        private(set) var offered: Bool
        /// The provider's date; absent where a journey leaves none.
        let date: LocalDate?
        let timeZone: Zone
        /// In the order in which they are looked at; empty for those who may not see this provider's availability.
        private(set) var reasons: [Reason]

        /// Adds what else decides besides this provider's own time.
        mutating func settle(isListed: Bool) {
            guard isListed != self.offered else { return }
            self.offered = isListed
            // Who may not see the reasons is told none.
            guard !self.reasons.isEmpty else { return }
            self.reasons.append(
                isListed
                    ? Reason(
                        rule: .session, allows: true,
                        detail: "A session begins then that has seats left, or another host decides when it begins.")
                    : Reason(
                        rule: .assignment, allows: false,
                        detail: "Somebody or something else that it takes is not free then."))
        }
    }

    let at: Instant
    /// Whether `GET /slots` with this provider lists the start.
    let offered: Bool
    let parts: [Part]
}

extension BookingQuota.Holder: Codable, APIValue {}
