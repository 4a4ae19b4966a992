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
    /// What is kept for somebody who waits, with those who act for them.
    case offer(WaitlistOffer, guardians: [ID<Person>])

    /// Whether it is what the message says: something that was not handled yet may have changed it.
    func isCurrent(_ row: MessageRow, _ now: Instant) -> Bool {
        switch self {
        case .booking(let details, let guardians): Self.isCurrent(row, details, guardians, now)
        case .event(let event, _):
            !event.isCancelled && event.start == row.start && now < event.start && event.expected.contains(row.person)
        case .offer(let offer, let guardians):
            offer.start == row.start && now < offer.expiresAt
                && (offer.customerPerson == row.person || guardians.contains(row.person))
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

    /// Until when it is of use to be told.
    func deadline(of row: MessageRow) -> Instant {
        switch self {
        case .booking, .event: row.start
        case .offer(let offer, _): offer.expiresAt
        }
    }

    /// From when on nobody tries any more to tell it.
    func end(of row: MessageRow) -> Instant {
        switch self {
        case .booking, .event: row.end
        case .offer(let offer, _): offer.expiresAt
        }
    }

    /// Where customers look after it or answer it on the pages of the deployment; `nil` where there is nothing to do.
    ///
    /// A token stands behind the `#`, so that neither proxies nor the pages' own logs nor `Referer` get to see it. The
    /// organization is named: where there are several, the pages ask it for more than the token leads to.
    func link(for row: MessageRow, under pages: String, of organization: Organization, token: String?) -> String? {
        let rest = "&organization=\(organization.slug)\(token.map { "#token=\($0)" } ?? "")"
        switch self {
        case .booking(let details, _):
            guard row.audience == .customer, row.type.leavesChoice else { return nil }
            return "\(pages)/book/manage?booking=\(details.booking.id)\(rest)"
        case .offer(let offer, _): return "\(pages)/book/waitlist?entry=\(offer.entry)\(rest)"
        case .event: return nil
        }
    }

    /// The zone in which its times are meant.
    var zone: Zone {
        switch self {
        case .booking(let details, _): details.booking.zone
        case .event(let event, _): event.zone
        case .offer(let offer, _): offer.zone
        }
    }

    /// What placeholders stand for that are its own, in a language.
    func values(
        _ recipient: MessageRecipient, _ organization: Organization, in locale: String
    ) -> [Placeholder: String] {
        switch self {
        case .booking(let details, let guardians):
            let title = details.eventTypeName.resolved(for: [locale], fallback: organization.locale)
            var values: [Placeholder: String] = [
                .customer: details.customerName, .provider: details.hosts.map(\.name).joined(separator: ", "),
                .eventType: Self.named(title, details.customerName, guardians, recipient),
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
        case .offer(let offer, let guardians):
            let title = offer.title.resolved(for: [locale], fallback: organization.locale)
            var values: [Placeholder: String] = [
                .customer: offer.customerName, .provider: offer.hosts.joined(separator: ", "),
                .eventType: Self.named(title, offer.customerName, guardians, recipient),
                .expiry: LocalMoment(offer.expiresAt, in: offer.zone, locale: locale).dateAndTime,
            ]
            if let place = offer.place?.line { values[.place] = place }
            return values
        }
    }

    /// Who acts for several people is told for whom it is.
    private static func named(
        _ title: String, _ customer: String, _ guardians: [ID<Person>], _ recipient: MessageRecipient
    ) -> String {
        guardians.contains(recipient.person) ? "\(title) (\(customer))" : title
    }
}
