internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// The entry of a recipient's calendar for a booking (RFC 5546).
///
/// It is called by the booking's id for ever, and its number rises with the booking's version: mail programs bring the
/// entry up to date that they have, and take it out when the booking is cancelled.
struct Invitation {
    let row: MessageRow
    let details: BookingDetails
    let recipient: MessageRecipient
    let organization: Organization
    /// What the entry is called, in the recipient's language.
    let title: String
    /// Whose invitation it is: the address that mails come from.
    let organizer: String
    let now: Instant

    /// What the calendar is to do after this message; `nil` for messages that change nothing.
    var content: MessageContent.Invitation? {
        guard Self.types.contains(self.row.type), let email = self.recipient.email else { return nil }
        let isCancelled = self.row.type.isEnd
        let method: MessageContent.Invitation.Method = isCancelled ? .cancel : .request
        var object = CalendarObject()
        object.line("BEGIN", "VCALENDAR")
        object.line("VERSION", "2.0")
        object.line("PRODID", "-//Almanac//Messaging//EN")
        object.line("CALSCALE", "GREGORIAN")
        object.line("METHOD", method.rawValue)
        object.line("BEGIN", "VEVENT")
        object.line("UID", self.details.booking.calendarUID)
        object.line("SEQUENCE", "\(self.details.booking.calendarSequence)")
        object.line("DTSTAMP", CalendarObject.instant(self.now))
        object.line("DTSTART", CalendarObject.instant(self.row.start))
        object.line("DTEND", CalendarObject.instant(self.row.end))
        object.text("SUMMARY", self.title)
        object.text("DESCRIPTION", "\(self.organization.name)\n\(self.details.booking.number)")
        if let place = self.details.place { object.place(place) }
        object.line("STATUS", self.status)
        object.line("TRANSP", isCancelled ? "TRANSPARENT" : "OPAQUE")
        object.person("ORGANIZER", called: self.organization.name, mail: self.organizer)
        object.person(
            "ATTENDEE", called: self.recipient.name, parameters: ";ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE",
            mail: email)
        object.line("END", "VEVENT")
        object.line("END", "VCALENDAR")
        return MessageContent.Invitation(method: method, object: object.text)
    }

    /// What changes something in a calendar.
    private static let types: Set<MessageType> = [
        .bookingRequested, .bookingConfirmed, .bookingRescheduled, .bookingCancelled, .bookingRejected, .bookingExpired,
    ]

    private var status: String {
        self.row.type.isEnd ? "CANCELLED" : self.details.booking.status.calendarStatus
    }
}
