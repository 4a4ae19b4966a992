internal import AlmanacKernel
internal import AlmanacSurface

extension BookingsCore {
    /// What the staff look after in the console.
    @ContributionBuilder var consoleResources: Contributions {
        self.bookingResource
        ConsoleMenuEntry(
            ["en": "To confirm", "de": "Zu bestätigen", "fr": "À confirmer"], to: "bookings",
            with: ["status": "pending"], in: .daily, order: 20)
        self.calendar
        self.blockedTimeResource
        self.customerResource
        self.eventTypeResource
        self.providerResource
        self.resourceResource
        self.locationResource
        self.charts
        ConsoleWords(Self.words.merging(Self.help) { own, _ in own })
    }

    private var bookingResource: ConsoleResource {
        ConsoleResource("bookings", "{Bookings}", list: .init(self.listBookings))
            .one("{booking}")
            .named(by: "number")
            .columns(
                "number", .instant("start", zone: "timeZone"), "eventType/name",
                .reference("customer/id", to: "customers", named: "customer/name"),
                .reference("provider/id", to: "providers", named: "provider/name"), .badge("status"), "price"
            )
            .filtered(by: "from", "to", "status", "provider", "location")
            .shown(
                by: .init(self.readBooking),
                ConsolePanel(
                    nil, .instant("start", zone: "timeZone"), .instant("end", zone: "timeZone"),
                    "timeZone", .reference("eventType/id", to: "event-types", named: "eventType/name"),
                    .reference("customer/id", to: "customers", named: "customer/name"),
                    .reference("provider/id", to: "providers", named: "provider/name"), "resources", "place",
                    "seats", "price", "notes", "waitsFor", "expiresAt", "createdAt"),
                ConsolePanel(
                    ["en": "History", "de": "Verlauf", "fr": "Historique"], list: .init(self.listChanges), "at",
                    "kind", "reason")
            )
            .created(by: .init(self.createBooking))
            .acting(
                ConsoleAction(
                    .init(self.approveBooking), ["en": "Confirm", "de": "Bestätigen", "fr": "Confirmer"],
                    isBulk: true),
                ConsoleAction(
                    .init(self.rejectBooking), ["en": "Reject", "de": "Ablehnen", "fr": "Refuser"],
                    isDestructive: true, isBulk: true),
                ConsoleAction(.init(self.startBooking), ["en": "Start", "de": "Beginnen", "fr": "Commencer"]),
                ConsoleAction(
                    .init(self.completeBooking), ["en": "Complete", "de": "Abschließen", "fr": "Terminer"],
                    isBulk: true),
                ConsoleAction(
                    .init(self.missBooking), ["en": "No show", "de": "Nicht erschienen", "fr": "Absent"],
                    isDestructive: true, allowed: "noShow"),
                ConsoleAction(
                    .init(self.rescheduleBooking), ["en": "Reschedule", "de": "Verlegen", "fr": "Déplacer"],
                    asking: [
                        "en": "The {customer} is told of the new time.",
                        "de": "{Customer} wird über die neue Zeit benachrichtigt.",
                        "fr": "{Customer} sera prévenu du nouvel horaire.",
                    ], foreseen: Self.foresight(of: "reschedule")),
                ConsoleAction(
                    .init(self.cancelBooking), ["en": "Cancel", "de": "Absagen", "fr": "Annuler"],
                    asking: [
                        "en": "The {customer} is told, and the time becomes free.",
                        "de": "{Customer} wird benachrichtigt, und die Zeit wird frei.",
                        "fr": "{Customer} sera prévenu, et le créneau se libère.",
                    ], isDestructive: true, isBulk: true, foreseen: Self.foresight(of: "cancel"))
            )
            .referring([
                "provider": "providers", "customer": "customers", "location": "locations", "eventType": "event-types",
            ])
            .hiding("hold", "session", "answers", "attendees")
            .offering(
                ConsoleSlots(
                    "start", list: "slots.list", explainedBy: "slots.explain",
                    given: [
                        "eventType": "eventType/id", "provider": "provider/id", "location": "place/location",
                        "seats": "seats", "audience": "=caller",
                    ])
            )
            .audited(as: BookingLife.objectType)
            .inMenu(.daily, order: 10)
    }

    private static func foresight(of change: String) -> ConsoleForesight {
        ConsoleForesight(
            "bookings.consequences", part: change, fields: "fee", "closesAt",
            otherwise: [
                "en": "No fee is due for it now.", "de": "Dafür fällt jetzt keine Gebühr an.",
                "fr": "Aucun frais n’est dû pour cela maintenant.",
            ])
    }

    private var calendar: ConsoleCalendar {
        ConsoleCalendar(
            "calendar", ["en": "Calendar", "de": "Kalender", "fr": "Calendrier"], of: "bookings", from: "endsAfter",
            until: "startsBefore"
        )
        .showing(
            start: "start", end: "end", zone: "timeZone", status: "status", texts: "eventType/name", "customer/name",
            "provider/name", "resources/name"
        )
        .lanes(
            ConsoleLane("providers", filter: "providers", field: "hosts/id", formField: "provider"),
            ConsoleLane("resources", filter: "resources", field: "resources/id")
        )
        .deciding("approve", "reject")
        .moving(by: "reschedule", start: "start")
        .hiding("cancelled", "rejected")
        .background(
            ConsoleBackground(
                ["en": "Blocked", "de": "Gesperrt", "fr": "Bloqué"], list: "blocked-times.list", text: "reason",
                lane: ("providers", "provider"), resource: "blocked-times")
        )
        .grouped(by: "session")
        .followed(by: "bookings.follow")
        .inMenu(.daily, order: 1)
    }

    private var blockedTimeResource: ConsoleResource {
        ConsoleResource(
            "blocked-times", ["en": "Blocked times", "de": "Sperrzeiten", "fr": "Temps bloqués"],
            list: "blocked-times.list"
        )
        .one(["en": "blocked time", "de": "Sperrzeit", "fr": "temps bloqué"])
        .named(by: "reason")
        .columns("start", "end", "reason")
        .filtered(by: "from", "to", "provider")
        .shown(by: "blocked-times.read", ConsolePanel(nil, "start", "end", "reason"))
        .created(by: "blocked-times.create")
        .edited(by: "blocked-times.replace")
        .acting(
            ConsoleAction(
                "blocked-times.delete", ["en": "Free the time", "de": "Zeit freigeben", "fr": "Libérer le temps"],
                isDestructive: true)
        )
        .referring(["provider": "providers"])
        .audited(as: "blocked-time")
        .inMenu(.people, order: 30)
    }

    private var customerResource: ConsoleResource {
        ConsoleResource("customers", "{Customers}", list: "customers.list")
            .one("{customer}")
            .columns("name", "email", "phone", "locale")
            .shown(by: "customers.read", ConsolePanel(nil, "name", "email", "phone", "locale", "timeZone"))
            .created(by: "customers.create")
            .audited(as: "customer")
            .inMenu(.people, order: 10)
    }

    private var providerResource: ConsoleResource {
        ConsoleResource("providers", "{Providers}", list: "providers.list")
            .one("{provider}")
            .columns("name", "bio", "timeZone", "attributes")
            .shown(by: "providers.read", ConsolePanel(nil, "name", "bio", "timeZone", "attributes"))
            .created(by: "providers.create")
            .edited(by: "providers.replace")
            .acting(Self.archiving("providers.archive"))
            .hiding("person")
            .audited(as: "provider")
            .inMenu(.people, order: 20)
    }

    private var eventTypeResource: ConsoleResource {
        ConsoleResource(
            "event-types", ["en": "Event types", "de": "Terminarten", "fr": "Prestations"], list: "event-types.list"
        )
        .one(["en": "event type", "de": "Terminart", "fr": "prestation"])
        .columns("name", "slug", "durationMinutes", "price", "capacity", "requiresApproval")
        .shown(by: "event-types.read")
        .created(by: "event-types.create")
        .edited(by: "event-types.replace")
        .acting(Self.archiving("event-types.archive"))
        .referring([
            "providers": "providers", "place.locations": "locations", "hosting.ranks.provider": "providers",
        ])
        .prefilling(["name": "names"])
        .audited(as: "event-type")
        .inMenu(.catalog, order: 10)
    }

    private var resourceResource: ConsoleResource {
        ConsoleResource("resources", "{Resources}", list: "resources.list")
            .one("{resource}")
            .columns("name", "kind", "capacity", "timeZone", "attributes")
            .shown(by: "resources.read", ConsolePanel(nil, "name", "kind", "capacity", "timeZone", "attributes"))
            .created(by: "resources.create")
            .edited(by: "resources.replace")
            .acting(Self.archiving("resources.archive"))
            .audited(as: "resource")
            .inMenu(.catalog, order: 20)
    }

    private var locationResource: ConsoleResource {
        ConsoleResource("locations", ["en": "Locations", "de": "Orte", "fr": "Lieux"], list: "locations.list")
            .one(["en": "location", "de": "Ort", "fr": "lieu"])
            .columns("name", "addressLines", "timeZone")
            .shown(by: "locations.read", ConsolePanel(nil, "name", "addressLines", "coordinates", "timeZone"))
            .created(by: "locations.create")
            .edited(by: "locations.replace")
            .acting(Self.archiving("locations.archive"))
            .audited(as: "location")
            .inMenu(.catalog, order: 30)
    }

    private static func archiving(_ operation: ConsoleOperation) -> ConsoleAction {
        ConsoleAction(
            operation, ["en": "Archive", "de": "Archivieren", "fr": "Archiver"],
            asking: [
                "en": "It can no longer be booked; what was booked stays.",
                "de": "Es kann nicht mehr gebucht werden; was gebucht ist, bleibt.",
                "fr": "Plus de réservation possible ; celles qui existent restent.",
            ], isDestructive: true)
    }

    /// What fields are called that the console's own words do not know.
    private static let words: [String: ConsoleText] = [
        "field.eventType": ["en": "Event type", "de": "Terminart", "fr": "Prestation"],
        "field.requiresApproval": ["en": "Needs approval", "de": "Braucht Freigabe", "fr": "Approbation requise"],
        "field.approvalMinutes": ["en": "Approve within", "de": "Freigabe innerhalb von", "fr": "Approbation sous"],
        "field.bufferBeforeMinutes": ["en": "Buffer before", "de": "Puffer davor", "fr": "Marge avant"],
        "field.bufferAfterMinutes": ["en": "Buffer after", "de": "Puffer danach", "fr": "Marge après"],
        "field.minimumNoticeMinutes": ["en": "Minimum notice", "de": "Mindestvorlauf", "fr": "Préavis minimal"],
        "field.providers": "{Providers}",
        "field.bookings": "{Bookings}",
        "field.bookedMinutes": ["en": "Booked time", "de": "Gebuchte Zeit", "fr": "Temps réservé"],
        "field.revenue": ["en": "Revenue", "de": "Umsatz", "fr": "Recettes"],
        "field.waitsFor": ["en": "Waits for", "de": "Wartet auf", "fr": "Attend"],
        "field.fee": ["en": "Fee", "de": "Gebühr", "fr": "Frais"],
        "field.closesAt": [
            "en": "{Customers} themselves until", "de": "{Customers} selbst bis",
            "fr": "{Customers} eux-mêmes jusqu’au",
        ],
        "field.resources": ["en": "Takes", "de": "Belegt", "fr": "Occupe"],
        "value.room": ["en": "Room", "de": "Raum", "fr": "Salle"],
        "value.vehicle": ["en": "Vehicle", "de": "Fahrzeug", "fr": "Véhicule"],
    ]
}
