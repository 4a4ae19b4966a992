internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `POST /bookings/{id}/approve`.
struct ApproveBooking: APIInput {
    let id: ID<Booking>
}

/// The input of `POST /bookings/{id}/reject`.
struct RejectBooking: APIInput {
    let id: ID<Booking>
    let reason: String?

    static let constraints: [String: Constraint] = ["reason": .text(0...1_000, "Kept in the booking's history.")]
}

/// The input of `POST /bookings/{id}/start`.
struct StartBooking: APIInput {
    let id: ID<Booking>
}

/// The input of `POST /bookings/{id}/complete`.
struct CompleteBooking: APIInput {
    let id: ID<Booking>
}

/// The input of `POST /bookings/{id}/no-show`.
struct MissBooking: APIInput {
    let id: ID<Booking>
    let reason: String?
    let chargeFee: Bool?

    static let constraints: [String: Constraint] = [
        "reason": .text(0...1_000, "Kept in the booking's history."),
        "chargeFee": .field("Whether the customer owes what was agreed for it; they do, when left out."),
    ]
}
