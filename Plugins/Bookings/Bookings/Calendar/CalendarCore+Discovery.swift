internal import AlmanacKernel
internal import AlmanacSurface
internal import BookingsAPI

extension CalendarCore {
    /// Finding the calendars that somebody has on a server.
    @ContributionBuilder var discoveryEndpoints: Contributions {
        Endpoint.post(
            "/calendar-discoveries", self.createDiscovery, status: 202,
            "Lets a server be asked for the calendars of a user."
        ).inProduct()
        Endpoint.get(
            "/calendar-discoveries/{id}", self.showDiscovery, "Shows which calendars were found, for an hour."
        ).inProduct()
        Endpoint.post(
            "/calendar-discoveries/{id}/sources", self.chooseCalendar, "Adds one of the calendars that were found."
        ).inProduct()
        Endpoint.delete("/calendar-discoveries/{id}", self.removeDiscovery, "Forgets what was found.")
            .unversioned(because: "a search is not edited, so that nobody can have missed a change.").inProduct()
        self.discoveries.jobs
    }

    private var createDiscovery: Command<CreateCalendarDiscovery, CalendarDiscoveryView> {
        Command("calendar-discoveries.create", .permission(.manageAvailability)) { [discoveries] input, call, tx in
            try discoveries.create(input, call, in: tx)
        }
    }

    private var showDiscovery: Query<CalendarDiscoveryByID, CalendarDiscoveryView> {
        Query("calendar-discoveries.read", .permission(.manageAvailability)) { [discoveries] input, call, tx in
            try discoveries.show(input.id, call, in: tx)
        }
    }

    private var chooseCalendar: Command<ChooseCalendar, CalendarSourceView> {
        Command("calendar-discoveries.choose", .permission(.manageAvailability)) { [discoveries] input, call, tx in
            try discoveries.choose(input, call, in: tx)
        }
    }

    private var removeDiscovery: Command<CalendarDiscoveryByID, Nothing> {
        Command("calendar-discoveries.remove", .permission(.manageAvailability)) { [discoveries] input, call, tx in
            try discoveries.remove(input.id, call, in: tx)
            return Nothing()
        }
    }
}
