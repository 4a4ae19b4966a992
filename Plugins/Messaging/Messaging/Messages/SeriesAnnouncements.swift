internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// Tells people once of what happens to a whole series of bookings; reminders come before each of them all the same.
///
/// A message is about the first booking that is its recipient's, and says how many there are. What happens to one of
/// them later is told of alone.
struct SeriesAnnouncements: Sendable {
    let settings: Messaging.Settings
    let bookings: any BookingLookup
    let guardianship: any Guardianship
    let preferences: PreferenceStore

    /// The bookings of a series were made; those about which something is open are each told of as requests.
    func booked(_ event: BookingSeriesBooked, in tx: Transaction) throws {
        let pending = Set(event.pending)
        try self.tell(.seriesBooked, event.bookings.filter { !pending.contains($0) }, in: tx)
    }

    /// Several bookings of a series were moved.
    func rescheduled(_ event: BookingSeriesRescheduled, in tx: Transaction) throws {
        try self.tell(.seriesRescheduled, event.bookings, in: tx)
    }

    /// Several bookings of a series were cancelled: who has not been told of the series hears nothing.
    func cancelled(_ event: BookingSeriesCancelled, in tx: Transaction) throws {
        try self.tell(.seriesCancelled, event.bookings, in: tx)
    }

    private func tell(_ type: MessageType, _ bookings: [ID<Booking>], in tx: Transaction) throws {
        var order: [Party] = []
        var theirs: [Party: [BookingDetails]] = [:]
        for id in bookings {
            guard let details = try self.bookings.details(of: id, in: tx.reading) else { continue }
            let guardians = try self.guardianship.guardians(of: details.customerPerson, in: tx.reading)
            let parties =
                ([details.customerPerson] + guardians).map { Party(person: $0, audience: .customer) }
                + details.hosts.map { Party(person: $0.person, audience: .provider) }
            for party in parties {
                if theirs[party] == nil { order.append(party) }
                theirs[party, default: []].append(details)
            }
        }
        let dueAt = tx.now.adding(minutes: Int64(self.settings.graceMinutes))
        for party in order {
            guard let list = theirs[party], let first = list.first else { continue }
            for channel in try self.preferences.of(party.person, in: tx.reading).channels {
                if try self.isUndone(type, list, party, channel, in: tx) { continue }
                let time = AppointmentTime(start: first.booking.start, end: first.booking.end)
                var draft = MessageDraft(
                    type: type, party: party, channel: channel, booking: first.booking, time: time, dueAt: dueAt)
                draft.bookings = list.count
                try draft.write(in: tx)
            }
        }
    }

    /// Withdraws what was to be told of bookings that are cancelled or moved.
    ///
    /// - Returns: Whether nothing is left to tell: nobody has heard of what is cancelled, or is going to hear of it as it
    ///   is now.
    private func isUndone(
        _ type: MessageType, _ list: [BookingDetails], _ party: Party, _ channel: ChannelID, in tx: Transaction
    ) throws -> Bool {
        guard type != .seriesBooked else { return false }
        for details in list {
            guard let ledger = MessageLedger(details.booking.id, in: tx.reading) else { continue }
            for row in try ledger.series(to: party, on: channel, in: tx) where row.isUntold {
                if type == .seriesCancelled {
                    try ledger.suppress(row, .undone, in: tx)
                } else {
                    let time = AppointmentTime(start: details.booking.start, end: details.booking.end)
                    try ledger.change(row, to: time, version: details.booking.version, dueAt: row.dueAt, in: tx)
                }
                return true
            }
        }
        return false
    }
}
