internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What connects bookings with the calendars of other programs, put together once.
struct CalendarCore: Sendable {
    let reader: CalendarReader
    let feeds: CalendarFeeds
    let sources: CalendarSources
    let discoveries: CalendarDiscoveries
    let events: CalendarEvents
    private let work: CalendarWork
    private let kernel: Kernel<Bookings>

    init(settings: CalendarSettings, kernel: Kernel<Bookings>, core: BookingsCore) {
        self.kernel = kernel
        self.sources = CalendarSources(
            catalogs: core.catalogs, ledger: core.ledger, keys: kernel.keys, isFetching: kernel.web != nil,
            job: CalendarWork.job)
        self.discoveries = CalendarDiscoveries(kernel: kernel, sources: self.sources)
        self.events = CalendarEvents(catalogs: core.catalogs, ledger: core.ledger, people: kernel.people)
        self.work = CalendarWork(
            kernel: kernel, sources: self.sources,
            importing: CalendarImport(
                catalogs: core.catalogs, ledger: core.ledger, refreshMinutes: settings.refreshMinutes))
        self.reader = CalendarReader(
            bookings: core.reader, organizations: kernel.organizations, people: kernel.people)
        self.feeds = CalendarFeeds(
            calendars: self.reader, people: kernel.people, random: kernel.random, visits: FeedVisits())
    }

    /// Everything that belongs to it.
    @ContributionBuilder var contributions: Contributions {
        Endpoint.document(
            "/bookings/{id}/calendar.ics", self.bookingDocument, as: .calendar, "Gives a booking as a calendar file."
        ).forGuests().inProduct()
        self.feedEndpoints
        self.sourceEndpoints
        self.discoveryEndpoints
        self.eventEndpoints
        self.work.contributions
        BackgroundWork("calendar-feed-visits", everySeconds: 60) { [kernel, visits = self.feeds.visits] in
            guard let (organization, noted) = visits.take() else { return false }
            try await kernel.write(in: organization, as: "calendar-feed-visits") { try visits.write(noted, in: $0) }
            return true
        }
    }

    private var bookingDocument: Query<BookingByID, Document> {
        Query("bookings.calendar", .permission(.readBooking)) { [reader] input, call, tx in
            try reader.document(input.id, call, in: tx)
        }
    }

    // MARK: Feeds

    @ContributionBuilder private var feedEndpoints: Contributions {
        Endpoint.get("/me/calendar-feed", self.showFeed, "Says whether there is a feed of the caller's bookings.")
            .inProduct()
        Endpoint.post("/me/calendar-feed", self.createFeed, "Makes a feed of the caller's bookings, or a new address.")
            .returningSecret().inProduct()
        Endpoint.delete("/me/calendar-feed", self.revokeFeed, "Revokes the feed of the caller's bookings.")
            .unversioned(because: "a feed is not edited, so that nobody can have missed a change.").inProduct()
        Endpoint.document(
            "/calendar-feeds/{file}", self.fetchFeed, as: .calendar,
            "Gives a person's bookings to a calendar that knows the address."
        ).addressed(bySecretIn: "file", suffix: CalendarFeeds.suffix).inProduct()
    }

    private var showFeed: Query<Nothing, CalendarFeedView> {
        Query("calendar-feed.show", .signedIn) { [feeds] _, call, tx in try feeds.status(call, in: tx) }
    }

    private var createFeed: Command<Nothing, NewCalendarFeed> {
        Command("calendar-feed.create", .signedIn) { [feeds] _, call, tx in try feeds.create(call, in: tx) }
    }

    private var revokeFeed: Command<Nothing, Nothing> {
        Command("calendar-feed.revoke", .signedIn) { [feeds] _, call, tx in
            try feeds.revoke(call, in: tx)
            return Nothing()
        }
    }

    private var fetchFeed: Query<FetchCalendarFeed, Document> {
        Query("calendar-feed.fetch", .everyone) { [feeds] input, call, tx in try feeds.fetch(input, call, in: tx) }
    }
}
