internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI
internal import MessagingAPI

/// The parts of the plugin, put together once.
struct MessagingCore: Sendable {
    let announcements: Announcements
    let series: SeriesAnnouncements
    let eventReminders: EventReminders
    let offers: OfferAnnouncements
    let sender: MessageSender
    let inbox: Inbox
    let feed: InboxFeed
    let deliveries: DeliveryLog
    let templates: TemplateStore
    let preferences: PreferenceDesk

    /// Puts the parts together.
    ///
    /// - Parameters:
    ///   - settings: What the operator has set.
    ///   - kernel: The kernel as this plugin sees it.
    ///   - bookings: Where bookings are found.
    ///   - guardianship: Who acts for whom.
    ///   - events: Where events of calendars are found.
    ///   - waitlist: Where offers of the waitlist are found.
    ///   - access: What lets guests reach what they are told of.
    init(
        settings: Messaging.Settings, kernel: Kernel<Messaging>, bookings: any BookingLookup,
        guardianship: any Guardianship, events: any CalendarEventLookup, waitlist: any WaitlistLookup,
        access: GuestTokens
    ) {
        let channels = ChannelDirectory(kernel: kernel)
        let preferences = PreferenceStore(settings: settings, channels: channels)
        let templates = TemplateStore(channels: channels)
        let reminders = ReminderPlan(settings: settings, people: kernel.people, organizations: kernel.organizations)
        let composer = Composer(
            templates: templates, organizations: kernel.organizations, pages: kernel.pages,
            organizer: { kernel.mail?.sender })
        let arrivals = Arrivals(live: kernel.live)
        self.announcements = Announcements(
            settings: settings, bookings: bookings, guardianship: guardianship, preferences: preferences,
            reminders: reminders)
        self.series = SeriesAnnouncements(
            settings: settings, bookings: bookings, guardianship: guardianship, preferences: preferences)
        self.eventReminders = EventReminders(events: events, preferences: preferences, reminders: reminders)
        self.offers = OfferAnnouncements(waitlist: waitlist, guardianship: guardianship, preferences: preferences)
        self.sender = MessageSender(
            kernel: kernel,
            desk: SendingDesk(
                bookings: bookings, guardianship: guardianship, events: events, waitlist: waitlist,
                access: access, people: kernel.people, organizations: kernel.organizations, channels: channels,
                preferences: preferences, composer: composer, arrivals: arrivals,
                lease: MessageLease(clock: kernel.sharedClock)))
        self.inbox = Inbox(arrivals: arrivals)
        self.feed = InboxFeed(inbox: self.inbox)
        self.deliveries = DeliveryLog()
        self.templates = templates
        self.preferences = PreferenceDesk(
            store: preferences, reminders: reminders, channels: channels, people: kernel.people)
    }

    /// Everything the plugin adds.
    @ContributionBuilder var contributions: Contributions {
        self.handlers
        // A server of mails may take its time.
        BackgroundWork("sender", everySeconds: 5, limit: .seconds(300)) { [sender] in try await sender.step() }
        Arrivals.topic
        self.inboxEndpoints
        self.deliveryEndpoints
        self.templateEndpoints
        self.preferenceEndpoints
        self.violations
    }

    /// What becomes of the events of bookings.
    ///
    /// They are one consumer, so that the events of a booking are handled in their order. Its name is permanent:
    /// deliveries are stored under it.
    @ContributionBuilder private var handlers: Contributions {
        On<BookingRequested>("tell") { [announcements] in try announcements.requested($0, in: $1) }
        On<BookingConfirmed>("tell") { [announcements] in try announcements.confirmed($0, in: $1) }
        On<BookingRescheduled>("tell") { [announcements] in try announcements.rescheduled($0, in: $1) }
        On<BookingCancelled>("tell") { [announcements] in try announcements.cancelled($0, in: $1) }
        On<BookingRejected>("tell") { [announcements] in try announcements.rejected($0, in: $1) }
        On<BookingCompleted>("tell") { [announcements] in try announcements.completed($0, in: $1) }
        On<BookingSeriesBooked>("tell-series") { [series] in try series.booked($0, in: $1) }
        On<BookingSeriesRescheduled>("tell-series") { [series] in try series.rescheduled($0, in: $1) }
        On<BookingSeriesCancelled>("tell-series") { [series] in try series.cancelled($0, in: $1) }
        On<CalendarEventChanged>("remind") { [eventReminders] in try eventReminders.changed($0, in: $1) }
        On<WaitlistOffered>("tell-offer") { [offers] in try offers.offered($0, in: $1) }
        On<BookingMissed>("tell") { [announcements] in try announcements.missed($0, in: $1) }
    }

    /// What constraints mean to callers.
    @ContributionBuilder private var violations: Contributions {
        Violation(
            of: "template_type_audience_channel_locale_key",
            Refusal(
                .conflict, "template_exists",
                "there is a template for this type, audience, channel and language already: change that one"))
        Violation(
            of: "preference_pkey",
            Refusal(.conflict, "changed_meanwhile", "this was changed meanwhile: read it again"))
    }
}
