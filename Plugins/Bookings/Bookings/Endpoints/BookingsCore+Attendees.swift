internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Who attends bookings.
    @ContributionBuilder var attendeeEndpoints: Contributions {
        Endpoint.get("/bookings/{id}/attendees", self.listAttendees, "Lists who attends a booking.").forGuests()
            .inProduct()
        Endpoint.post("/bookings/{id}/attendees", self.addAttendee, "Names somebody who attends a booking.")
            .forGuests().inProduct()
        Endpoint.post(
            "/bookings/{id}/attendees/{attendee}/status", self.noteAttendee, status: 200,
            "Notes whether somebody comes, or whether they came."
        ).forGuests().inProduct()
        Endpoint.delete(
            "/bookings/{id}/attendees/{attendee}", self.removeAttendee, "Takes somebody out of a booking."
        ).forGuests().inProduct()
    }

    var listAttendees: Query<ListAttendees, Page<AttendeeView>> {
        Query("attendees.list", .permission(.readBooking)) { [attendees] input, call, tx in
            try attendees.list(input, call, in: tx)
        }
    }

    var addAttendee: Command<AddAttendee, AttendeeView> {
        Command("attendees.add", .permission(.updateBooking)) { [attendees] input, call, tx in
            try attendees.add(input, call, in: tx)
        }
    }

    /// Replies are for whoever may change the booking, who came for whoever notes that it took place: the rule of the
    /// status asks for the permission.
    var noteAttendee: Command<NoteAttendee, AttendeeView> {
        Command("attendees.note", .permission(.readBooking)) { [attendees] input, call, tx in
            try attendees.note(input, call, in: tx)
        }
    }

    var removeAttendee: Command<AttendeeByID, Nothing> {
        Command("attendees.remove", .permission(.updateBooking)) { [attendees] input, call, tx in
            try attendees.remove(input, call, in: tx)
            return Nothing()
        }
    }
}
