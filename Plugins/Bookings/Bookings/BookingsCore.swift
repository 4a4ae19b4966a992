internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The parts of the plugin, put together once.
struct BookingsCore: Sendable {
    let settings: Bookings.Settings
    let organizations: Organizations
    let people: People
    let catalogs: CatalogStore
    let ledger: ClaimLedger
    let catalog: CatalogReader
    let slots: SlotReader
    let reader: BookingReader
    let writer: BookingWriter

    /// Puts the parts together.
    ///
    /// - Parameter guarding: How races are prevented; only tests pass anything.
    init(
        settings: Bookings.Settings, organizations: Organizations, people: People,
        guarding: any ClaimGuard = LockedCheck()
    ) {
        self.settings = settings
        self.organizations = organizations
        self.people = people
        self.catalogs = CatalogStore(organizations: organizations)
        self.ledger = ClaimLedger(guarding: guarding)
        self.catalog = CatalogReader(catalogs: self.catalogs)
        self.slots = SlotReader(settings: settings, catalogs: self.catalogs, ledger: self.ledger)
        self.reader = BookingReader(organizations: organizations)
        self.writer = BookingWriter(
            settings: settings, catalogs: self.catalogs, ledger: self.ledger, customers: Customers(people: people),
            bookings: self.reader)
    }

    /// Everything the plugin adds apart from services, which need the plugin's own kernel.
    @ContributionBuilder var contributions: Contributions {
        self.catalogEndpoints
        self.bookingEndpoints
        self.violations
    }

    /// What constraints mean to callers.
    @ContributionBuilder private var violations: Contributions {
        // Stands behind the lock: it speaks only when something has gone round it.
        Violation(of: "claim_overlap_excl", Refusal.slotTaken(nearest: []))
        Violation(
            of: "booking_number_key",
            Refusal(.conflict, "try_again", "the number drawn for this booking was in use: send the request again"))
    }
}
