/// What must come of a row, from a few rules of thumb that know nothing of the engine.
extension MatrixRow {
    /// What one seat costs, in minor units.
    static let seatPrice = 6_500

    /// What the booking that is followed costs.
    var price: Int { Self.seatPrice * self.group.wanted }

    /// How many appointments or sessions there can be at one start: two people work, and a booking may take both.
    var sessions: Int { min(self.hosts == .all ? 1 : 2, self.resources.most) }

    /// How many more can book the start after the booking that is followed, one seat each.
    var roomBesides: Int {
        // Both limits let two bookings in: of all of them together, or with each host.
        let perHost = self.limits == .provider ? 2 : Int.max
        var room = min(self.group.capacity - self.group.wanted, perHost - 1)
        if self.sessions == 2 { room += min(self.group.capacity, perHost) }
        return self.limits == .eventType ? min(room, 1) : room
    }

    /// Whether the start is still offered to others while the booking that is followed is held; limits let a
    /// second one in.
    var isLeftBesides: Bool { self.sessions == 2 || self.group.capacity > self.group.wanted }

    /// Whether somebody can have the time that the booking leaves when it is moved, while all others stay.
    ///
    /// The same seats are free then; but a booking that stays in the day or the week still counts towards its limit.
    var leavesRoomByMoving: Bool {
        switch self.limits {
        case .none: true
        case .eventType: min(self.roomBesides, 1) + (self.move == .nextDay ? 0 : 1) + 1 <= 2
        case .provider:
            // Weeks begin on Monday, and the dates on which clocks change are Sundays.
            min(self.group.capacity - self.group.wanted, 1)
                + (self.move == .nextDay && self.week != .ordinary ? 0 : 1) + 1 <= 2
        }
    }

    /// Whether bookings of customers wait for approval.
    var waits: Bool { self.approval == .required && self.booker != .staff }

    /// Whether the starts beside the booking are still offered.
    var offersNeighbors: Bool { self.buffers == .none || self.sessions == 2 }

    /// What is owed or, by staff, waived for moving.
    var moveFee: Int? { self.fee.moving(self.price) }

    /// What is owed or, by staff, waived for cancelling.
    var cancelFee: Int? { self.fee.cancelling(self.price) }
}
