import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import BookingsAPI

/// A plugin that shows bookings in ways of which only the first is right: what the matrix must be able to tell.
struct Keyhole: Plugin {
    static let declaration = Declaration(
        id: "keyhole", version: "1.0.0", summary: "Shows bookings, rightly and wrongly", needs: [.bookings])

    private let bookings: any BookingLookup

    init(settings: NoSettings, kernel: Kernel<Self>) throws {
        self.bookings = try kernel.require(.bookingLookup)
    }

    var contributions: Contributions {
        Endpoint.get("/right/bookings/{id}", self.right, "Shows a booking to whom it concerns.")
        Endpoint.get("/wide/bookings/{id}", self.wide, "Does not heed whose booking it is.")
        Endpoint.get("/chatty/bookings/{id}", self.chatty, "Refuses with another answer than to nothing.")
        Endpoint.post("/hasty/bookings/{id}", self.hasty, status: 200, "Lets everybody who has signed in act.")
    }

    struct ByID: APIInput {
        let id: ID<Booking>
    }

    struct View: Codable, Sendable {
        let number: String
    }

    private var right: Query<ByID, View> {
        Query("keyhole.right", .permission(.readBooking)) { [bookings] input, _, tx in
            guard let found = try bookings.booking(input.id, in: tx),
                let ownership = try bookings.ownership(of: input.id, in: tx), tx.allows(.readBooking, on: ownership)
            else {
                _ = try tx.filter(.readBooking)
                throw Refusal.notFound("booking")
            }
            try tx.require(.readBooking, on: ownership)
            return View(number: found.number)
        }
    }

    private var wide: Query<ByID, View> {
        Query("keyhole.wide", .permission(.readBooking)) { [bookings] input, _, tx in
            _ = try tx.filter(.readBooking)
            guard let found = try bookings.booking(input.id, in: tx) else { throw Refusal.notFound("booking") }
            return View(number: found.number)
        }
    }

    private var chatty: Query<ByID, View> {
        Query("keyhole.chatty", .permission(.readBooking)) { [bookings] input, _, tx in
            guard let ownership = try bookings.ownership(of: input.id, in: tx) else {
                _ = try tx.filter(.readBooking)
                throw Refusal.notFound("booking")
            }
            guard tx.allows(.readBooking, on: ownership) else {
                _ = try tx.filter(.readBooking)
                throw Refusal(.notFound, "not_found", "this booking is not yours")
            }
            try tx.require(.readBooking, on: ownership)
            return View(number: try bookings.booking(input.id, in: tx)?.number ?? "")
        }
    }

    private var hasty: Command<ByID, View> {
        Command("keyhole.hasty", .signedIn) { [bookings] input, _, tx in
            View(number: try bookings.booking(input.id, in: tx.reading)?.number ?? "")
        }
    }
}
