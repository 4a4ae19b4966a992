internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Limits, holidays, journeys and absences.
    @ContributionBuilder var scheduleEndpoints: Contributions {
        Endpoint.put("/providers/{id}/limits", self.replaceProviderLimits, "Replaces all limits of a provider.")
            .inProduct()
        Endpoint.put(
            "/providers/{id}/holiday-calendars", self.replaceHolidaySubscriptions,
            "Replaces the calendars whose holidays a provider keeps."
        ).inProduct()
        Endpoint.put("/providers/{id}/stays", self.replaceStays, "Replaces when a provider is in another time zone.")
            .inProduct()
        Endpoint.put("/providers/{id}/absences", self.replaceAbsences, "Replaces when a provider is away.").inProduct()
        Endpoint.get("/slots/explain", self.explainSlot, "Tells why a start is or is not offered.").inProduct()
        Endpoint.get(
            "/bookings/zone-shifts", self.listZoneShifts,
            "Lists bookings to come whose agreed time is no longer the time at which they stand, because clocks changed "
                + "their rules."
        ).inProduct()
        self.holidayEndpoints
    }

    @ContributionBuilder private var holidayEndpoints: Contributions {
        Endpoint.get("/holiday-calendars", self.listHolidayCalendars, "Lists holiday calendars.").inProduct()
        Endpoint.get("/holiday-calendars/{id}", self.readHolidayCalendar, "Shows a holiday calendar with its dates.")
            .inProduct()
        Endpoint.post("/holiday-calendars", self.createHolidayCalendar, "Makes a holiday calendar.").inProduct()
        Endpoint.put("/holiday-calendars/{id}", self.replaceHolidayCalendar, "Replaces a holiday calendar.").inProduct()
        Endpoint.delete("/holiday-calendars/{id}", self.archiveHolidayCalendar, "Takes a holiday calendar away.")
            .inProduct()
    }

    // MARK: Schedules of providers

    var replaceProviderLimits: Command<ReplaceProviderLimits, AvailabilityView> {
        Command("provider-limits.replace", .permission(.manageAvailability)) { [availability] input, call, tx in
            try availability.replace(input, call, in: tx)
        }
    }

    var replaceHolidaySubscriptions: Command<ReplaceHolidaySubscriptions, AvailabilityView> {
        Command("holiday-subscriptions.replace", .permission(.manageAvailability)) { [availability] input, call, tx in
            try availability.replace(input, call, in: tx)
        }
    }

    var replaceStays: Command<ReplaceStays, AvailabilityView> {
        Command("stays.replace", .permission(.manageAvailability)) { [availability] input, call, tx in
            try availability.replace(input, call, in: tx)
        }
    }

    var replaceAbsences: Command<ReplaceAbsences, AvailabilityView> {
        Command("absences.replace", .permission(.manageAvailability)) { [availability] input, call, tx in
            try availability.replace(input, call, in: tx)
        }
    }

    // MARK: Explaining and reconciling

    var explainSlot: Query<ExplainSlot, SlotExplanation> {
        Query("slots.explain", .permission(.readAvailability)) { [explainer] input, call, tx in
            try explainer.explain(input, call, in: tx)
        }
    }

    var listZoneShifts: Query<PageInput, Page<ZoneShiftView>> {
        Query("bookings.zone-shifts", .permission(.readBooking)) { input, call, tx in
            try ZoneShifts().list(input, call, in: tx)
        }
    }

    // MARK: Holiday calendars

    private var holidays: HolidayCalendars { HolidayCalendars(catalogs: self.catalogs) }

    var listHolidayCalendars: Query<PageInput, Page<HolidayCalendarLine>> {
        Query("holiday-calendars.list", .permission(.readAvailability)) { [holidays] input, call, tx in
            try holidays.list(input, call, in: tx)
        }
    }

    var readHolidayCalendar: Query<HolidayCalendarByID, HolidayCalendarView> {
        Query("holiday-calendars.read", .permission(.readAvailability)) { [holidays] input, _, tx in
            try holidays.find(input.id, in: tx)
        }
    }

    var createHolidayCalendar: Command<CreateHolidayCalendar, HolidayCalendarView> {
        Command("holiday-calendars.create", .permission(.manageCatalog)) { [holidays] input, call, tx in
            try holidays.create(input, call, in: tx)
        }
    }

    var replaceHolidayCalendar: Command<ReplaceHolidayCalendar, HolidayCalendarView> {
        Command("holiday-calendars.replace", .permission(.manageCatalog)) { [holidays] input, call, tx in
            try holidays.replace(input, call, in: tx)
        }
    }

    var archiveHolidayCalendar: Command<HolidayCalendarByID, Nothing> {
        Command("holiday-calendars.archive", .permission(.manageCatalog)) { [holidays] input, call, tx in
            try holidays.archive(input.id, call, in: tx)
            return Nothing()
        }
    }
}
