internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// What becomes of the events of bookings: messages that wait, changed or withdrawn while nobody has been told.
///
/// Each runs in the transaction of its event and may be run again: the same event writes the same messages. A message
/// waits for a few minutes, so that what is undone in that time is never told: who confirms and cancels at once hears
/// nothing, and who moves a booking that was just made gets one confirmation of the new time.
struct Announcements: Sendable {
    let settings: Messaging.Settings
    let bookings: any BookingLookup
    let guardianship: any Guardianship
    let preferences: PreferenceStore
    let reminders: ReminderPlan

    /// What one event is about, as far as all recipients share it.
    private struct Occasion {
        let details: BookingDetails
        let ledger: MessageLedger
        let time: AppointmentTime
        let dueAt: Instant
        /// Those who act for the customer.
        let guardians: [Party]

        var version: Int { self.details.booking.version }
        var parties: [Party] { self.customers + self.hosts }
        /// Who takes it, and whoever acts for them: they are told too, or in place of a ward without an address.
        var customers: [Party] { [self.customer] + self.guardians }
        var customer: Party { Party(person: self.details.customerPerson, audience: .customer) }
        /// Everybody who gives it.
        var hosts: [Party] { self.details.hosts.map { Party(person: $0.person, audience: .provider) } }

        func draft(_ type: MessageType, to party: Party, on channel: ChannelID) -> MessageDraft {
            MessageDraft(
                type: type, party: party, channel: channel, booking: self.details.booking, time: self.time,
                dueAt: self.dueAt)
        }
    }

    private func occasion(
        _ booking: ID<Booking>, _ start: Instant, _ end: Instant, in tx: Transaction
    ) throws -> Occasion? {
        guard let details = try self.bookings.details(of: booking, in: tx.reading),
            let ledger = MessageLedger(booking, in: tx.reading)
        else { return nil }
        return Occasion(
            details: details, ledger: ledger, time: AppointmentTime(start: start, end: end),
            dueAt: tx.now.adding(minutes: Int64(self.settings.graceMinutes)),
            guardians: try self.guardianship.guardians(of: details.customerPerson, in: tx.reading).map { person in
                Party(person: person, audience: .customer)
            })
    }

    private func channels(of party: Party, in tx: Transaction) throws -> [ChannelID] {
        try self.preferences.of(party.person, in: tx.reading).channels
    }

    // MARK: Events

    /// A booking was made and something about it is open.
    func requested(_ event: BookingRequested, in tx: Transaction) throws {
        guard let occasion = try self.occasion(event.booking, event.start, event.end, in: tx) else { return }
        for party in occasion.parties {
            for channel in try self.channels(of: party, in: tx) {
                try occasion.draft(.bookingRequested, to: party, on: channel).write(in: tx)
            }
        }
    }

    /// A booking takes place.
    func confirmed(_ event: BookingConfirmed, in tx: Transaction) throws {
        guard let occasion = try self.occasion(event.booking, event.start, event.end, in: tx) else { return }
        for party in occasion.parties {
            for channel in try event.series == nil ? self.channels(of: party, in: tx) : [] {
                let tellings = try occasion.ledger.tellings(to: party, on: channel, in: tx)
                for row in tellings where row.type == .bookingRequested && row.isUntold {
                    try occasion.ledger.suppress(row, .replaced, in: tx)
                }
                try occasion.draft(.bookingConfirmed, to: party, on: channel).write(in: tx)
            }
            try self.remind(party, occasion, in: tx)
        }
    }

    /// A booking takes place at another time, with another provider, or both.
    func rescheduled(_ event: BookingRescheduled, in tx: Transaction) throws {
        guard let occasion = try self.occasion(event.booking, event.to.start, event.to.end, in: tx) else { return }
        try occasion.ledger.dropReminders(.replaced, in: tx)
        if event.series == nil {
            for party in occasion.customers { try self.tellMoved(party, event, occasion, in: tx) }
            try self.tellHosts(event, occasion, in: tx)
        }
        guard occasion.details.booking.status == .confirmed else { return }
        for party in occasion.parties { try self.remind(party, occasion, in: tx) }
    }

    /// A booking does not take place.
    func cancelled(_ event: BookingCancelled, in tx: Transaction) throws {
        guard let occasion = try self.occasion(event.booking, event.start, event.end, in: tx) else { return }
        try occasion.ledger.dropReminders(.undone, in: tx)
        guard event.series == nil else { return }
        for party in occasion.parties { try self.tellLost(party, of: occasion.time, occasion, in: tx) }
    }

    /// That it was moved those who give it still, that they do no longer or do now all others.
    private func tellHosts(_ event: BookingRescheduled, _ occasion: Occasion, in tx: Transaction) throws {
        let before = event.from.hosts ?? [event.from.provider]
        let after = event.to.hosts ?? [event.to.provider]
        let isNews = before == after || event.from.start != event.to.start
        let staying = after.filter { before.contains($0) && isNews }
        for provider in staying {
            guard let party = try self.host(provider, in: tx) else { continue }
            try self.tellMoved(party, event, occasion, in: tx)
        }
        for provider in before where !after.contains(provider) {
            guard let party = try self.host(provider, in: tx) else { continue }
            let time = AppointmentTime(start: event.from.start, end: event.from.end)
            try self.tellLost(party, of: time, occasion, in: tx)
        }
        for provider in after where !before.contains(provider) {
            guard let party = try self.host(provider, in: tx) else { continue }
            try self.tellWon(party, occasion, in: tx)
        }
    }

    private func host(_ provider: ID<Provider>, in tx: Transaction) throws -> Party? {
        try self.bookings.person(of: provider, in: tx.reading).map { Party(person: $0, audience: .provider) }
    }

    /// A booking that was asked for does not take place.
    ///
    /// Its customer has asked for it and is told in any case, those who would have given it when they have heard of it.
    func rejected(_ event: BookingRejected, in tx: Transaction) throws {
        guard let occasion = try self.occasion(event.booking, event.start, event.end, in: tx) else { return }
        try occasion.ledger.dropReminders(.undone, in: tx)
        let type: MessageType = event.cause == .expired ? .bookingExpired : .bookingRejected
        for party in occasion.parties {
            for channel in try self.channels(of: party, in: tx) {
                let tellings = try occasion.ledger.tellings(to: party, on: channel, in: tx)
                for row in tellings where row.isUntold { try occasion.ledger.suppress(row, .undone, in: tx) }
                let isNews = !tellings.contains { $0.isUntold || $0.isWithdrawn }
                guard party.audience == .customer || isNews || tellings.contains(where: \.isTold) else { continue }
                try occasion.draft(type, to: party, on: channel).write(in: tx)
            }
        }
    }

    /// A booking has taken place; its customer is thanked where the organization wants that.
    func completed(_ event: BookingCompleted, in tx: Transaction) throws {
        guard self.settings.tellsCompletion else { return }
        try self.tellCustomer(.bookingCompleted, event.booking, event.start, event.end, in: tx)
    }

    /// A booking has passed without its customer.
    func missed(_ event: BookingMissed, in tx: Transaction) throws {
        try self.tellCustomer(.bookingMissed, event.booking, event.start, event.end, in: tx)
    }

    private func tellCustomer(
        _ type: MessageType, _ booking: ID<Booking>, _ start: Instant, _ end: Instant, in tx: Transaction
    ) throws {
        guard let occasion = try self.occasion(booking, start, end, in: tx) else { return }
        for channel in try self.channels(of: occasion.customer, in: tx) {
            try occasion.draft(type, to: occasion.customer, on: channel).write(in: tx)
        }
    }

    // MARK: What one party is told

    /// That the appointment is at another time: what was not told yet tells of the new one at once.
    private func tellMoved(
        _ party: Party, _ event: BookingRescheduled, _ occasion: Occasion, in tx: Transaction
    ) throws {
        for channel in try self.channels(of: party, in: tx) {
            let tellings = try occasion.ledger.tellings(to: party, on: channel, in: tx)
            guard let latest = tellings.last(where: \.isUntold) else {
                // The same event once more: what it says has been told since.
                if tellings.contains(where: { $0.isTold && $0.bookingVersion == occasion.version }) { continue }
                var draft = occasion.draft(.bookingRescheduled, to: party, on: channel)
                draft.previousStart = event.from.start
                draft.previousProvider = event.from.provider
                try draft.write(in: tx)
                continue
            }
            // What the recipient was told last is what is agreed again.
            let isBack = latest.previousStart == event.to.start && latest.previousProvider == event.to.provider
            if latest.type == .bookingRescheduled, isBack {
                try occasion.ledger.suppress(latest, .undone, in: tx)
            } else {
                try occasion.ledger.change(
                    latest, to: occasion.time, version: occasion.version, dueAt: occasion.dueAt, in: tx)
            }
        }
    }

    /// That nothing takes place with them: unless they have not been told that it would.
    private func tellLost(
        _ party: Party, of time: AppointmentTime, _ occasion: Occasion, in tx: Transaction
    ) throws {
        for channel in try self.channels(of: party, in: tx) {
            let tellings = try occasion.ledger.tellings(to: party, on: channel, in: tx)
            for row in tellings where row.isUntold { try occasion.ledger.suppress(row, .undone, in: tx) }
            // Who has never heard of it need not hear of its end. Of what was made before this plugin was there, nothing
            // is written down, and nobody knows who has heard of it.
            let isNews = !tellings.contains { $0.isUntold || $0.isWithdrawn }
            guard isNews || tellings.contains(where: \.isTold) else { continue }
            let draft = MessageDraft(
                type: .bookingCancelled, party: party, channel: channel, booking: occasion.details.booking, time: time,
                dueAt: occasion.dueAt)
            try draft.write(in: tx)
        }
    }

    /// That it takes place with them now: or still, when it was taken from them and comes back before they were told.
    private func tellWon(_ party: Party, _ occasion: Occasion, in tx: Transaction) throws {
        for channel in try self.channels(of: party, in: tx) {
            let cancellations = try occasion.ledger.cancellations(to: party, on: channel, in: tx)
            guard let lost = cancellations.last(where: \.isUntold) else {
                try occasion.draft(.bookingConfirmed, to: party, on: channel).write(in: tx)
                continue
            }
            try occasion.ledger.suppress(lost, .undone, in: tx)
            guard lost.start != occasion.time.start else { continue }
            var draft = occasion.draft(.bookingRescheduled, to: party, on: channel)
            draft.previousStart = lost.start
            try draft.write(in: tx)
        }
    }

    private func remind(_ party: Party, _ occasion: Occasion, in tx: Transaction) throws {
        let preferences = try self.preferences.of(party.person, in: tx.reading)
        let due = try self.reminders.due(
            before: occasion.time, of: party.person, preferences, notBefore: occasion.dueAt, in: tx.reading)
        guard let due else { return }
        for channel in preferences.channels {
            let draft = MessageDraft(
                type: .bookingReminder, party: party, channel: channel, booking: occasion.details.booking,
                time: occasion.time, dueAt: due)
            try draft.write(in: tx)
        }
    }
}
