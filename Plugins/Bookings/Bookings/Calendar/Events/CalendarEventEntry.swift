internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// An event of somebody's calendar as an entry of a feed.
struct CalendarEventEntry {
    /// Somebody whom it concerns, as far as calendars know people.
    struct Attendee {
        let name: String
        /// Programs know people by it; who has none is left out.
        let email: String?
        let answer: CalendarEvent.Answer
    }

    let row: CalendarEventRow
    let owner: Attendee
    let participants: [Attendee]
    /// Whose address stands for an owner who has none.
    let organizer: String

    /// Writes the entry as a `VEVENT` (RFC 5545 §3.6.1, RFC 5546 §3.2).
    func write(to object: inout CalendarObject) {
        let content = self.row.content
        object.line("BEGIN", "VEVENT")
        object.line("UID", self.row.id.description)
        object.line("SEQUENCE", "\(self.row.sequence)")
        object.line("DTSTAMP", CalendarObject.instant(self.row.changedAt))
        object.line("LAST-MODIFIED", CalendarObject.instant(self.row.changedAt))
        object.line("CREATED", CalendarObject.instant(self.row.createdAt))
        switch content.time {
        case .timed(let start, let end):
            object.line("DTSTART", CalendarObject.instant(start))
            object.line("DTEND", CalendarObject.instant(end))
        case .dates(let from, let to):
            // The end of an entry is the first date after it (§3.6.1).
            object.line("DTSTART;VALUE=DATE", Self.date(from))
            object.line("DTEND;VALUE=DATE", Self.date(to.adding(days: 1)))
        }
        object.text("SUMMARY", content.title)
        if let description = content.description { object.text("DESCRIPTION", description) }
        if let place = content.place { object.text("LOCATION", place) }
        object.line("STATUS", self.row.cancelledAt == nil ? "CONFIRMED" : "CANCELLED")
        object.line("TRANSP", content.isBusy && self.row.cancelledAt == nil ? "OPAQUE" : "TRANSPARENT")
        if !self.participants.isEmpty {
            object.person("ORGANIZER", called: self.owner.name, mail: self.owner.email ?? self.organizer)
            for participant in self.participants {
                guard let email = participant.email else { continue }
                let answer = participant.answer
                object.person(
                    "ATTENDEE", called: participant.name,
                    parameters: ";ROLE=REQ-PARTICIPANT;PARTSTAT=\(answer.calendarWord);RSVP="
                        + (answer == .needsAction ? "TRUE" : "FALSE"),
                    mail: email)
            }
        }
        object.line("END", "VEVENT")
    }

    private static func date(_ date: LocalDate) -> String { date.description.filter { $0 != "-" } }
}

extension CalendarEvent.Answer {
    /// What calendars call it (`PARTSTAT`, RFC 5545 §3.2.12).
    var calendarWord: String {
        switch self {
        case .needsAction: "NEEDS-ACTION"
        case .accepted: "ACCEPTED"
        case .declined: "DECLINED"
        case .tentative: "TENTATIVE"
        }
    }
}
