internal import AlmanacKernel
internal import AlmanacSurface
internal import BookingsAPI

extension CalendarCore {
    /// The calendars of providers that are imported.
    @ContributionBuilder var sourceEndpoints: Contributions {
        Endpoint.get("/calendar-sources", self.listSources, "Lists the calendars that are imported.").inProduct()
        Endpoint.get("/calendar-sources/{id}", self.showSource, "Shows a calendar that is imported.").inProduct()
        Endpoint.post("/calendar-sources", self.createSource, "Adds a calendar of a provider's.").inProduct()
        Endpoint.patch("/calendar-sources/{id}", self.changeSource, "Changes a calendar that is imported.").inProduct()
        Endpoint.delete("/calendar-sources/{id}", self.removeSource, "Removes a calendar and its busy times.")
            .inProduct()
        Endpoint.post(
            "/calendar-sources/{id}/sync", self.syncSource, status: 202, "Lets a calendar be fetched soon."
        ).inProduct()
    }

    private var listSources: Query<ListCalendarSources, Page<CalendarSourceView>> {
        Query("calendar-sources.list", .permission(.readAvailability)) { [sources] input, call, tx in
            try sources.list(input, call, in: tx)
        }
    }

    private var showSource: Query<CalendarSourceByID, CalendarSourceView> {
        Query("calendar-sources.read", .permission(.readAvailability)) { [sources] input, _, tx in
            try sources.show(input.id, in: tx)
        }
    }

    private var createSource: Command<CreateCalendarSource, CalendarSourceView> {
        Command("calendar-sources.create", .permission(.manageAvailability)) { [sources] input, call, tx in
            try sources.create(input, call, in: tx)
        }
    }

    private var changeSource: Command<ChangeCalendarSource, CalendarSourceView> {
        Command("calendar-sources.change", .permission(.manageAvailability)) { [sources] input, call, tx in
            try sources.change(input, call, in: tx)
        }
    }

    private var removeSource: Command<CalendarSourceByID, Nothing> {
        Command("calendar-sources.remove", .permission(.manageAvailability)) { [sources] input, call, tx in
            try sources.remove(input.id, call, in: tx)
            return Nothing()
        }
    }

    private var syncSource: Command<CalendarSourceByID, CalendarSourceView> {
        Command("calendar-sources.sync", .permission(.manageAvailability)) { [sources] input, call, tx in
            try sources.sync(input.id, call, in: tx)
        }
    }
}
