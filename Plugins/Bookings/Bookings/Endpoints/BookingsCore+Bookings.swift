internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Booking and what follows from it.
    @ContributionBuilder var bookingEndpoints: Contributions {
        Endpoint.post("/bookings", self.createBooking, "Books a slot.").inProduct()
        Endpoint.get("/bookings", self.listBookings, "Lists bookings that the caller may see, by start.").inProduct()
        Endpoint.live(
            "/bookings/live", BookingFeed(reader: self.reader).query,
            "Tells of changes of bookings that the caller may see, as they happen: Server-Sent Events."
        ).inProduct()
        BookingFeed.topic
        Endpoint.get(
            "/bookings/statistics", self.bookingStatistics,
            "Counts the bookings that the caller may see, by day or by week."
        ).inProduct()
        Endpoint.get("/bookings/{id}", self.readBooking, "Shows a booking.").forGuests().inProduct()
        Endpoint.post("/bookings/{id}/cancel", self.cancelBooking, status: 200, "Cancels a booking.")
            .forGuests().inProduct()
        Endpoint.post(
            "/bookings/{id}/reschedule", self.rescheduleBooking, status: 200,
            "Moves a booking to another start or provider."
        ).forGuests().inProduct()
    }

    var createBooking: Command<CreateBooking, BookingView> {
        Command("bookings.create", .permission(.createBooking)) { [writer, holds, seats] input, call, tx in
            var input = input
            // Whoever is named needs a seat.
            input.seats = max(input.seats, input.attendees?.count ?? 0)
            if let hold = input.hold { return try holds.book(input, with: hold, call, in: tx) }
            if let session = input.session { return try seats.create(input, of: session, call, in: tx) }
            return try writer.create(input, call, in: tx)
        }
    }

    var listBookings: Query<ListBookings, Page<BookingView>> {
        Query("bookings.list", .permission(.readBooking)) { [reader] input, call, tx in
            try reader.list(input, call, in: tx)
        }
    }

    var bookingStatistics: Query<CountBookings, BookingStatistics> {
        Query("bookings.statistics", .permission(.readBooking)) { [reader] input, _, tx in
            try reader.statistics(input, in: tx)
        }
    }

    var readBooking: Query<BookingByID, BookingView> {
        Query("bookings.read", .permission(.readBooking)) { [reader] input, call, tx in
            try reader.find(input.id, call, in: tx)
        }
    }

    var cancelBooking: Command<CancelBooking, BookingView> {
        Command("bookings.cancel", .permission(.cancelBooking)) { [writer] input, call, tx in
            try writer.cancel(input, call, in: tx)
        }
    }

    var rescheduleBooking: Command<RescheduleBooking, BookingView> {
        Command("bookings.reschedule", .permission(.rescheduleBooking)) { [writer, seats] input, call, tx in
            if let moved = try seats.reschedule(input, call, in: tx) { return moved }
            return try writer.reschedule(input, call, in: tx)
        }
    }
}

extension Endpoint {
    /// The same endpoint, open to guests whose token leads to the booking `{id}` of its path.
    func forGuests() -> Endpoint { self.openToGuests(of: BookingLife.objectType, by: "id") }
}
