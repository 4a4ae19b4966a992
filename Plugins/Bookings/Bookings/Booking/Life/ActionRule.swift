internal import AlmanacKernel
internal import BookingsAPI

/// What one kind of change asks of a booking and of whoever wants it.
struct ActionRule: Sendable {
    /// When a booking may be changed.
    enum Window: Sendable {
        /// Whenever it has the status.
        case always
        /// Until it begins.
        case untilStart
        /// Until it ends.
        case untilEnd
        /// From shortly before it begins: people come early, but a slip of the hand does not begin next week's.
        case fromShortlyBeforeStart
        /// From its beginning on, unless it was noted that it has begun.
        case fromStart
        /// From when a customer who has not come is late, by what was agreed.
        case fromLate
    }

    /// Whose doing it is.
    enum Side: Sendable {
        /// Who takes the booking, and who gives it.
        case both
        /// Who gives it. A provider who takes a colleague's booking is a customer like others: it being their own does
        /// not make them judges of it.
        case provider
        /// Who takes it, or acts for them.
        case customer
    }

    /// What the caller must be allowed to do with this booking.
    let permission: Permission
    /// Whose doing it is.
    var side = Side.provider
    /// The statuses from which it goes.
    let from: Set<Booking.Status>
    /// When.
    let window: Window

    /// How long before its beginning a booking may be started, in minutes.
    static let earlyMinutes: Int64 = 60

    // The one table of what may be done with a booking, from which status, when, and by leave of which permission. What
    // each leads to stands where it is done: `BookingWriter` cancels and moves, `PendingBookings` approves and rejects,
    // `BookingLife` does the rest. What was said about a booking is changed by `update`, and who
    // came is noted by `attend`; what they thought of it is written by `review`. None leads to another status.
    static let cancel = Self(
        permission: .cancelBooking, side: .both, from: [.pending, .confirmed], window: .untilEnd)
    static let reschedule = Self(
        permission: .rescheduleBooking, side: .both, from: [.pending, .confirmed], window: .untilStart)
    static let update = Self(
        permission: .updateBooking, side: .both, from: [.pending, .confirmed], window: .untilStart)
    static let attend = Self(
        permission: .completeBooking, from: [.confirmed, .inProgress, .completed], window: .fromStart)
    static let review = Self(permission: .writeBookingReview, side: .customer, from: [.completed], window: .always)
    static let approve = Self(permission: .approveBooking, from: [.pending], window: .always)
    static let reject = Self(permission: .approveBooking, from: [.pending], window: .always)
    static let start = Self(permission: .startBooking, from: [.confirmed], window: .fromShortlyBeforeStart)
    static let complete = Self(permission: .completeBooking, from: [.confirmed, .inProgress], window: .fromStart)
    static let noShow = Self(permission: .markNoShow, from: [.confirmed], window: .fromLate)
}
