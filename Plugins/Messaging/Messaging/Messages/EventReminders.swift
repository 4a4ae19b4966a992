internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// Reminds people of the events of their calendars that are no bookings, as their owners want them to be.
///
/// Each change of an event withdraws what waits and writes it anew: who has said no, and who is invited no more, is not
/// reminded. Whoever wants no reminders at all gets none of these either.
struct EventReminders: Sendable {
    let events: any CalendarEventLookup
    let preferences: PreferenceStore
    let reminders: ReminderPlan

    /// An event was made, changed, answered or called off.
    func changed(_ change: CalendarEventChanged, in tx: Transaction) throws {
        guard let event = try self.events.details(of: change.event, in: tx.reading),
            let ledger = MessageLedger(change.event.cast(), in: tx.reading)
        else { return }
        try ledger.dropReminders(.replaced, in: tx)
        guard !event.isCancelled else { return }
        let time = AppointmentTime(start: event.start, end: event.end)
        for person in event.expected {
            let preferences = try self.preferences.of(person, in: tx.reading)
            let party = Party(person: person, audience: person == event.owner ? .provider : .customer)
            for lead in event.reminders {
                let due = try self.reminders.due(
                    before: time, of: person, preferences, lead: lead, notBefore: tx.now, in: tx.reading)
                guard let due else { continue }
                for channel in preferences.channels {
                    try MessageDraft(event, to: party, on: channel, lead: lead, time: time, dueAt: due).write(in: tx)
                }
            }
        }
    }
}
