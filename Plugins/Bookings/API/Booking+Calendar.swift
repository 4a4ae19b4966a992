public import AlmanacKernel
internal import AlmanacStorage

// How a booking stands in the calendars of other programs (RFC 5545, RFC 5546).
//
// Invitations in mails, feeds and files all take it from here: a calendar that gets a booking by two of these ways shows
// it once, and keeps the newer state of it.

extension Booking {
    /// What the entry is called in every calendar, for ever (`UID`).
    public var calendarUID: String { self.id.description }

    /// Which state of the entry it is (`SEQUENCE`): from 0, one more with each change of the booking.
    public var calendarSequence: Int { max(self.version - 1, 0) }
}

extension Booking.Status {
    /// Whether it takes place, as calendars say it (`STATUS`).
    ///
    /// A pending booking that has been rejected is told as one that was cancelled: calendars know no other word for it.
    public var calendarStatus: String {
        switch self {
        case .pending: "TENTATIVE"
        case .confirmed, .inProgress, .completed, .noShow: "CONFIRMED"
        case .cancelled, .rejected: "CANCELLED"
        }
    }
}

extension CalendarObject {
    /// Where an entry takes place: `LOCATION` and `GEO` (RFC 5545 §3.8.1.7 and §3.8.1.6), and where those go who meet by
    /// video (`CONFERENCE`, RFC 7986 §5.11).
    public mutating func place(_ place: BookedPlace) {
        if let line = place.line { self.text("LOCATION", line) }
        if let geo = place.geo { self.line("GEO", geo) }
        if let link = place.link { self.line("CONFERENCE;VALUE=URI;FEATURE=VIDEO", link) }
    }
}
