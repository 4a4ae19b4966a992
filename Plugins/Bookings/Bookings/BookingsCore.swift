internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The parts of the plugin, put together once.
struct BookingsCore: Sendable {
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let catalog: CatalogReader
    let catalogWriter: CatalogWriter
    let availability: AvailabilityStore
    let blockedTimes: BlockedTimes
    let resources: ResourceReader
    let resourceWriter: ResourceWriter
    let resourceAvailability: ResourceAvailability
    let locations: LocationReader
    let locationWriter: LocationWriter
    let slots: SlotReader
    let explainer: SlotExplainer
    let reader: BookingReader
    let writer: BookingWriter
    let series: SeriesReader
    let seriesWriter: SeriesWriter
    let seriesCancellation: SeriesCancellation
    let seriesMove: SeriesMove
    let holds: Holds
    let seriesHolds: SeriesHolds
    let seats: SessionSeats
    let sessions: GroupSessionReader
    let sessionWriter: GroupSessionWriter
    let alarm = WaitlistAlarm()
    let waitlist: Waitlist
    let filler: WaitlistFiller
    let life: BookingLife
    let pending: PendingBookings
    let history: BookingHistory
    let customers: CustomerDirectory
    let imports: CatalogImport
    let people: People
    let questions: Questions
    let answers: BookingAnswers
    let attendees: Attendees
    let guardians: Guardians
    let reviews: BookingReviews

    /// Puts the parts together.
    ///
    /// `guarding` says how races are prevented; only tests pass anything.
    init(
        settings: Bookings.Settings, defaults: CurrentSettings<Bookings.Settings.Defaults>,
        organizations: Organizations, people: People,
        guarding: any ClaimGuard = LockedCheck()
    ) {
        self.catalogs = CatalogStore(organizations: organizations)
        self.ledger = ClaimLedger(guarding: guarding)
        self.catalog = CatalogReader(catalogs: self.catalogs)
        let sold = SoldCapacity(catalogs: self.catalogs, ledger: self.ledger)
        self.catalogWriter = CatalogWriter(
            defaults: defaults, catalogs: self.catalogs, people: people, sold: sold)
        self.availability = AvailabilityStore(catalogs: self.catalogs)
        self.blockedTimes = BlockedTimes(catalogs: self.catalogs, ledger: self.ledger)
        self.resources = ResourceReader(catalogs: self.catalogs)
        self.resourceWriter = ResourceWriter(catalogs: self.catalogs, sold: sold)
        self.resourceAvailability = ResourceAvailability(
            catalogs: self.catalogs, writer: self.resourceWriter, blockedTimes: self.blockedTimes)
        self.locations = LocationReader(catalogs: self.catalogs, defaults: defaults)
        self.locationWriter = LocationWriter(catalogs: self.catalogs, reader: self.locations)
        let limits = LimitLedger(defaults: defaults, guarding: guarding)
        self.slots = SlotReader(
            settings: settings, catalogs: self.catalogs, ledger: self.ledger, memory: ClaimMemory(), limits: limits)
        self.reader = BookingReader(organizations: organizations)
        self.explainer = SlotExplainer(
            settings: settings, catalogs: self.catalogs, ledger: self.ledger, limits: limits, bookings: self.reader)
        self.life = BookingLife(catalogs: self.catalogs, bookings: self.reader)
        self.pending = PendingBookings(
            defaults: defaults, ledger: self.ledger, catalogs: self.catalogs, bookings: self.reader)
        self.history = BookingHistory(bookings: self.reader)
        self.writer = BookingWriter(
            settings: settings, catalogs: self.catalogs, ledger: self.ledger, limits: limits,
            customers: Customers(people: people, bookings: self.reader), bookings: self.reader, pending: self.pending)
        self.seats = SessionSeats(settings: settings, writer: self.writer)
        let offers = WaitlistOffers(ledger: self.ledger, alarm: self.alarm)
        self.holds = Holds(defaults: defaults, writer: self.writer, seats: self.seats, offers: offers)
        self.sessions = GroupSessionReader(catalogs: self.catalogs, ledger: self.ledger, bookings: self.reader)
        self.sessionWriter = GroupSessionWriter(
            settings: settings, catalogs: self.catalogs, ledger: self.ledger, reader: self.sessions,
            bookings: SessionBookings(
                ledger: self.ledger, writer: self.writer, pending: self.pending, life: self.life),
            alarm: self.alarm)
        self.waitlist = Waitlist(
            defaults: defaults, catalogs: self.catalogs, customers: self.writer.customers, holds: self.holds,
            offers: offers, reader: WaitlistReader(catalogs: self.catalogs, bookings: self.reader))
        self.filler = WaitlistFiller(
            settings: settings, defaults: defaults, catalogs: self.catalogs, ledger: self.ledger, limits: limits,
            writer: self.writer, seats: self.seats, offers: offers)
        self.series = SeriesReader(bookings: self.reader)
        self.seriesWriter = SeriesWriter(defaults: defaults, writer: self.writer)
        self.seriesHolds = SeriesHolds(defaults: defaults, series: self.seriesWriter, holds: self.holds)
        self.seriesCancellation = SeriesCancellation(writer: self.writer, series: self.series)
        self.seriesMove = SeriesMove(defaults: defaults, writer: self.writer, series: self.series)
        self.customers = CustomerDirectory(people: people, bookings: self.reader)
        self.questions = Questions(catalogs: self.catalogs)
        self.answers = BookingAnswers(catalogs: self.catalogs, bookings: self.reader, pending: self.pending)
        self.attendees = Attendees(
            catalogs: self.catalogs, bookings: self.reader,
            seats: SeatChange(catalogs: self.catalogs, ledger: self.ledger, bookings: self.reader))
        self.guardians = Guardians(people: people)
        self.reviews = BookingReviews(defaults: defaults, bookings: self.reader, catalogs: self.catalogs)
        self.people = people
        self.imports = CatalogImport(
            catalogs: self.catalogs, people: people, catalog: self.catalogWriter, availability: self.availability,
            blockedTimes: self.blockedTimes, customers: self.customers, resources: self.resourceWriter,
            locations: self.locationWriter, sessions: self.sessionWriter, sold: sold)
    }

    /// Everything the plugin adds apart from services, which need the plugin's own kernel.
    @ContributionBuilder var contributions: Contributions {
        self.catalogEndpoints
        self.bookingEndpoints
        self.holdEndpoints
        self.seriesEndpoints
        self.lifeContributions
        self.managementEndpoints
        self.scheduleEndpoints
        self.resourceEndpoints
        self.locationEndpoints
        self.zoneReconciliation
        self.sessionEndpoints
        self.waitlistContributions
        self.questionContributions
        self.attendeeEndpoints
        self.guardianEndpoints
        self.reviewEndpoints
        self.consoleResources
        OrganizationSettings(Bookings.Settings.Defaults.self, in: "defaults")
        DataImport(ImportedFiles.names, self.importFolder)
        self.erasurePolicy
        self.violations
        self.ownership
        self.objectNames
    }

    /// Imports a folder of CSV files.
    var importFolder: Command<ImportFolder, ImportReport> {
        Command("bookings.import", .permission(.importData)) { [imports] input, call, tx in
            try imports.run(input, call, in: tx)
        }
    }

    /// What constraints mean to callers.
    @ContributionBuilder private var violations: Contributions {
        // Stands behind the lock: it speaks only when something has gone round it.
        Violation(of: "claim_overlap_excl", Refusal.slotTaken(nearest: []))
        Violation(
            of: "booking_number_key",
            Refusal(.conflict, "try_again", "the number drawn for this booking was in use: send the request again"))
        Violation(
            of: "event_type_slug_key",
            Refusal(
                .conflict, "slug_in_use", "another event type has this slug: choose another",
                fields: [Refusal.Field("/slug", "slug_in_use", "another event type has this slug")]))
        Violation(
            of: "provider_person_id_key",
            Refusal(
                .conflict, "already_provider", "this person is a provider already",
                fields: [Refusal.Field("/person", "already_provider", "this person is a provider already")]))
    }
}
