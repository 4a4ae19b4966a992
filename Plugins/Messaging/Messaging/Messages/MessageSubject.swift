internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// What a message is about, as it is when the message is sent.
enum MessageSubject: Sendable {
    /// A booking, with those who act for its customer.
    case booking(BookingDetails, guardians: [ID<Person>])
    /// An event of somebody's calendar, with the name of its owner.
    case event(CalendarEventDetails, owner: String)

    /// Whether it is what the message says: something that was not handled yet may have changed it.
    func isCurrent(_ row: MessageRow, _ now: Instant) -> Bool {
        switch self {
        case .booking(let details, let guardians): Self.isCurrent(row, details, guardians, now)
        case .event(let event, _):
            !event.isCancelled && event.start == row.start && now < event.start && event.expected.contains(row.person)
        }
    }

    private static func isCurrent(
        _ row: MessageRow, _ details: BookingDetails, _ guardians: [ID<Person>], _ now: Instant
    ) -> Bool {
        let booking = details.booking
        let isTheirs =
            row.audience == .customer
            ? details.customerPerson == row.person || guardians.contains(row.person)
            : details.hosts.contains { $0.person == row.person }
        switch row.type {
        // What has become of the first says nothing of the others.
        case .seriesBooked, .seriesRescheduled, .seriesCancelled: return isTheirs
        default: break
        }
        if row.type == .bookingCancelled { return !booking.status.takesTime || !isTheirs }
        guard isTheirs, booking.start == row.start else { return false }
        switch row.type {
        case .bookingRequested: return booking.status == .pending
        case .bookingRejected, .bookingExpired: return booking.status == .rejected
        case .bookingCompleted: return booking.status == .completed
        case .bookingMissed: return booking.status == .noShow
        case .bookingReminder: return booking.status == .confirmed && now < booking.start
        default: return booking.status.takesTime
        }
    }

    /// The zone in which its times are meant.
    var zone: Zone {
        switch self {
        case .booking(let details, _): details.booking.zone
        case .event(let event, _): event.zone
        }
    }

    /// What placeholders stand for that are its own, in a language.
    func values(
        _ recipient: MessageRecipient, _ organization: Organization, in locale: String
    ) -> [Placeholder: String] {
        switch self {
        case .booking(let details, let guardians):
            let title = details.eventTypeName.resolved(for: [locale], fallback: organization.locale)
            // Who acts for several people is told for whom it is.
            let isForWard = guardians.contains(recipient.person)
            var values: [Placeholder: String] = [
                .customer: details.customerName, .provider: details.hosts.map(\.name).joined(separator: ", "),
                .eventType: isForWard ? "\(title) (\(details.customerName))" : title,
                .number: details.booking.number,
            ]
            if let place = details.place?.line { values[.place] = place }
            return values
        case .event(let event, let owner):
            var values: [Placeholder: String] = [
                .customer: recipient.name, .provider: owner, .eventType: event.title,
            ]
            if let place = event.place { values[.place] = place }
            return values
        }
    }
}
