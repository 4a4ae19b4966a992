public import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Bookings: what can be booked, with whom, when it is free, and the appointments that are made.
public struct Bookings: Plugin {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let declaration = Declaration(
        id: .bookings, version: "1.0.0",
        summary: "Event types, providers and their working hours, free slots, and the bookings that customers make.",
        migrations: BookingsSchema.migrations,
        events: [
            BookingRequested.self, BookingConfirmed.self, BookingCancelled.self, BookingRescheduled.self,
            BookingRejected.self, BookingStarted.self, BookingCompleted.self, BookingMissed.self,
            CalendarEventChanged.self,
            SessionScheduled.self, SessionRescheduled.self, SessionCancelled.self, SessionCompleted.self,
            WaitlistOffered.self, WaitlistLapsed.self, WaitlistDeclined.self, WaitlistAccepted.self,
            BookingSeriesBooked.self, BookingSeriesCancelled.self, BookingSeriesRescheduled.self,
            BookingAnswered.self, BookingSeatsChanged.self, AttendeesChanged.self, GuestAccessRequested.self,
            GuestBookingJoined.self, GuestEntryJoined.self, GuardianChanged.self, BookingReviewed.self,
        ],
        permissions: [
            PermissionDeclaration(
                .createBooking,
                "Make bookings: customers for themselves, providers with themselves for those they have had before.",
                roles: [.customer: .own, .provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .readBooking, "See bookings.", roles: [.customer: .own, .provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .cancelBooking, "Cancel bookings.",
                roles: [.customer: .own, .provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .rescheduleBooking, "Move bookings to another time.",
                roles: [.customer: .own, .provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .updateBooking, "Change what was answered with bookings, and who attends.",
                roles: [.customer: .own, .provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .approveBooking, "Approve and reject bookings that are pending.",
                roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .startBooking, "Note that bookings have begun.", roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .completeBooking, "Note that bookings have taken place.",
                roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .markNoShow, "Note that customers did not come.",
                roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .waiveFee, "Leave out what customers owe for changes of bookings.",
                roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .readSession, "See sessions that are not published.",
                roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .manageSessions, "Make, change, schedule and complete sessions.",
                roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .cancelSession, "Cancel sessions, and all their bookings.",
                roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .joinWaitlist, "Wait for something that is taken, and accept what is offered.",
                roles: [.customer: .own, .provider: .own, .admin: .organization]),
            PermissionDeclaration(
                .readWaitlist, "See who waits for what.",
                roles: [.customer: .own, .provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .manageWaitlist, "Say who comes first of those who wait.", roles: [.admin: .organization]),
            PermissionDeclaration(.manageCatalog, "Make and change event types.", roles: [.admin: .organization]),
            PermissionDeclaration(.manageProviders, "Make and change providers.", roles: [.admin: .organization]),
            PermissionDeclaration(
                .readResource, "See rooms and vehicles.", roles: [.provider: .organization, .admin: .organization]),
            PermissionDeclaration(
                .manageResources, "Make and change rooms and vehicles.", roles: [.admin: .organization]),
            PermissionDeclaration(
                .readAvailability, "See working hours, exceptions and blocked times.",
                roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .manageAvailability, "Change working hours, exceptions and blocked times.",
                roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .readCustomer, "See customers: providers those who have booked with them.",
                roles: [.customer: .own, .provider: .assigned, .admin: .organization]),
            PermissionDeclaration(.manageCustomers, "Make and change customers.", roles: [.admin: .organization]),
            PermissionDeclaration(
                .manageCalendarEvents, "Make events of one's own calendar, and invite others.",
                roles: [.provider: .own, .admin: .own]),
            PermissionDeclaration(
                .manageGuardians, "Let others act for customers: customers for themselves.",
                roles: [.customer: .own, .provider: .own, .admin: .organization]),
            PermissionDeclaration(
                .writeBookingReview, "Review bookings of one's own that took place.",
                roles: [.customer: .own, .provider: .own, .admin: .own]),
            PermissionDeclaration(
                .replyToBookingReview, "Say something to reviews.",
                roles: [.provider: .assigned, .admin: .organization]),
            PermissionDeclaration(
                .moderateBookingReviews, "Keep reviews from everybody.", roles: [.admin: .organization]),
            PermissionDeclaration(
                .importData, "Import providers, event types and customers from files.", roles: [.admin: .organization]),
        ],
        personalData: BookingsPersonalData.tables,
        retention: [
            Retention(BookingsSchema.hold, since: "expires_at", days: 30),
            Retention(GuestSchema.access, since: "revoked_at", days: 30),
            // With what was offered to it.
            Retention(WaitlistSchema.entry, since: "settled_at", days: 90),
        ],
        encryptedColumns: [CalendarSchema.secrets, CalendarSchema.discoverySecrets])

    private let core: BookingsCore
    private let calendar: CalendarCore
    private let guests: GuestCore
    private let kernel: Kernel<Self>

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(settings: Settings, kernel: Kernel<Self>) throws {
        self.kernel = kernel
        self.core = BookingsCore(
            settings: settings, defaults: kernel.organizationSettings(), organizations: kernel.organizations,
            people: kernel.people)
        self.calendar = CalendarCore(settings: settings.calendars, kernel: kernel, core: self.core)
        self.guests = GuestCore(kernel: kernel, core: self.core)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var contributions: Contributions {
        self.core.contributions
        self.calendar.contributions
        Provides(.calendarEventLookup, StoredCalendarEvents(kernel: self.kernel))
        self.guests.contributions
        Provides(.guardianship, StoredGuardianship(kernel: self.kernel))
        Provides(.bookingAccess, StoredGuestAccess(kernel: self.kernel, access: self.guests.access))
        Provides(.bookingLookup, StoredBookings(kernel: self.kernel))
        Provides(.waitlistLookup, StoredWaitlistOffers(kernel: self.kernel, catalogs: self.core.catalogs))
        Provides(.waitlistAccess, StoredWaitlistAccess(kernel: self.kernel))
        Provides(.bookingRequirements, StoredRequirements(kernel: self.kernel, pending: self.core.pending))
    }
}
