internal import AlmanacKernel
internal import AlmanacSurface
internal import BookingsAPI

extension CalendarCore {
    /// Events of people's calendars that are no bookings.
    @ContributionBuilder var eventEndpoints: Contributions {
        Endpoint.get("/calendar-events", self.listEvents, "Lists the events that concern the caller, by beginning.")
            .inProduct()
        Endpoint.get("/calendar-events/{id}", self.showEvent, "Shows an event that concerns the caller.").inProduct()
        Endpoint.post("/calendar-events", self.createEvent, "Makes an event of the caller's.").inProduct()
        Endpoint.put("/calendar-events/{id}", self.replaceEvent, "Replaces an event of the caller's.").inProduct()
        Endpoint.delete("/calendar-events/{id}", self.cancelEvent, "Calls an event of the caller's off.").inProduct()
        Endpoint.post(
            "/calendar-events/{id}/answer", self.answerEvent, status: 200, "Says whether the caller takes part."
        ).inProduct()
    }

    private var listEvents: Query<ListCalendarEvents, Page<CalendarEventView>> {
        Query("calendar-events.list", .signedIn) { [events] input, call, tx in try events.list(input, call, in: tx) }
    }

    private var showEvent: Query<CalendarEventByID, CalendarEventView> {
        Query("calendar-events.read", .signedIn) { [events] input, call, tx in
            try events.show(input.id, call, in: tx)
        }
    }

    private var createEvent: Command<CreateCalendarEvent, CalendarEventView> {
        Command("calendar-events.create", .permission(.manageCalendarEvents)) { [events] input, call, tx in
            try events.create(input, call, in: tx)
        }
    }

    private var replaceEvent: Command<ReplaceCalendarEvent, CalendarEventView> {
        Command("calendar-events.replace", .permission(.manageCalendarEvents)) { [events] input, call, tx in
            try events.replace(input, call, in: tx)
        }
    }

    private var cancelEvent: Command<CalendarEventByID, Nothing> {
        Command("calendar-events.cancel", .permission(.manageCalendarEvents)) { [events] input, call, tx in
            try events.cancel(input.id, call, in: tx)
            return Nothing()
        }
    }

    private var answerEvent: Command<AnswerCalendarEvent, CalendarEventView> {
        Command("calendar-events.answer", .signedIn) { [events] input, call, tx in
            try events.answer(input, call, in: tx)
        }
    }
}
