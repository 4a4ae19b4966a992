internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A booking as an entry of somebody's calendar.
struct CalendarEntry {
    let row: BookingRow
    /// When it was last changed.
    let changedAt: Instant
    /// Whose calendar it is: they read of the other side.
    ///
    /// Others, as the staff, read of both.
    let reader: ID<Person>?
    /// The times of the session of which it has seats; one entry for each of several.
    var parts: [GroupSessionRow.Part] = []
    /// Who attends it, of those who are named.
    var attendees: [Attendee] = []

    /// Writes the entry as a `VEVENT` (RFC 5545 §3.6.1), or as one for each part of its session.
    ///
    /// Name and number of the entry are those of the invitations that are mailed. The object names no method, so that
    /// `DTSTAMP` says when the booking was last changed (§3.8.7.2) and what has not changed is written the same again.
    func write(to object: inout CalendarObject, _ organization: Organization, languages: [String]) {
        guard self.parts.count > 1 else {
            let whole = GroupSessionRow.Part(start: self.row.start, end: self.row.end)
            return self.write(whole, as: self.row.booking.calendarUID, to: &object, organization, languages)
        }
        for (index, part) in self.parts.enumerated() {
            let uid = self.row.booking.calendarUID
            self.write(part, as: index == 0 ? uid : "\(uid)-\(index + 1)", to: &object, organization, languages)
        }
    }

    private func write(
        _ part: GroupSessionRow.Part, as uid: String, to object: inout CalendarObject, _ organization: Organization,
        _ languages: [String]
    ) {
        let booking = self.row.booking
        let isCancelled = !booking.status.takesTime
        object.line("BEGIN", "VEVENT")
        object.line("UID", uid)
        object.line("SEQUENCE", "\(booking.calendarSequence)")
        object.line("DTSTAMP", CalendarObject.instant(self.changedAt))
        object.line("LAST-MODIFIED", CalendarObject.instant(self.changedAt))
        object.line("CREATED", CalendarObject.instant(self.row.createdAt))
        object.line("DTSTART", CalendarObject.instant(part.start))
        object.line("DTEND", CalendarObject.instant(part.end))
        let title = self.row.eventTypeName.resolved(for: languages, fallback: organization.locale)
        object.text("SUMMARY", "\(title) – \(self.others)")
        object.text("DESCRIPTION", "\(organization.name)\n\(booking.number)")
        if let place = self.row.bookedPlace { object.place(place) }
        for attendee in self.attendees { attendee.write(to: &object) }
        object.line("STATUS", booking.status.calendarStatus)
        object.line("TRANSP", isCancelled ? "TRANSPARENT" : "OPAQUE")
        object.line("END", "VEVENT")
    }

    /// Who else is there, from where the reader stands.
    private var others: String {
        let partners = self.row.partners
        let hosts = ([self.row.providerName] + partners.map(\.name)).joined(separator: ", ")
        return switch self.reader {
        case self.row.customerPerson: hosts
        case self.row.providerPerson: self.row.customerName
        case let reader? where partners.contains { $0.person == reader }: self.row.customerName
        default: "\(self.row.customerName), \(hosts)"
        }
    }
}

extension CalendarObject {
    /// A calendar with these entries.
    ///
    /// - Parameters:
    ///   - entries: The bookings.
    ///   - events: What else there is.
    ///   - organization: Whose bookings they are.
    ///   - languages: Of the reader, best first.
    ///   - isFeed: Whether programs fetch it again and again: then it has a name and says how often that is of use.
    init(
        _ entries: [CalendarEntry], _ events: [CalendarEventEntry] = [], of organization: Organization,
        languages: [String],
        isFeed: Bool = false
    ) {
        self.init()
        self.line("BEGIN", "VCALENDAR")
        self.line("VERSION", "2.0")
        self.line("PRODID", "-//Almanac//Bookings//EN")
        self.line("CALSCALE", "GREGORIAN")
        if isFeed {
            // The properties of RFC 7986 and those that went before them, which more programs know.
            self.text("NAME", organization.name)
            self.text("X-WR-CALNAME", organization.name)
            self.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
            self.line("X-PUBLISHED-TTL", "PT1H")
        }
        for entry in entries { entry.write(to: &self, organization, languages: languages) }
        for event in events { event.write(to: &self) }
        self.line("END", "VCALENDAR")
    }
}
