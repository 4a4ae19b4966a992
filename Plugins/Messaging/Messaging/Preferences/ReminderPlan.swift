internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// When people are reminded.
struct ReminderPlan: Sendable {
    let settings: Messaging.Settings
    let people: People
    let organizations: Organizations

    /// When a person is reminded of an appointment, or `nil` when not at all.
    ///
    /// A reminder that would fall into the time when the person is not to be disturbed comes just before it, because
    /// after it may be too late.
    ///
    /// - Parameters:
    ///   - time: The appointment.
    ///   - person: Who is reminded.
    ///   - preferences: How they want to be.
    ///   - lead: How many minutes before it, where that is not theirs to say.
    ///   - earliest: Who would be reminded by then has only just been told.
    ///   - tx: The caller's transaction.
    /// - Returns: The instant, or `nil`.
    /// - Throws: Storage errors.
    func due(
        before time: AppointmentTime, of person: ID<Person>, _ preferences: Preferences, lead: Int? = nil,
        notBefore earliest: Instant, in tx: ReadTransaction
    ) throws -> Instant? {
        guard preferences.reminderLeadMinutes > 0 else { return nil }
        var due = time.start.adding(minutes: -Int64(lead ?? preferences.reminderLeadMinutes))
        if let quiet = preferences.quietHours, let window = quiet.window(around: due, in: try self.zone(of: person, tx))
        {
            due = window.lowerBound.adding(minutes: -1)
        }
        return due > earliest ? due : nil
    }

    /// Where a person's clock is.
    private func zone(of person: ID<Person>, _ tx: ReadTransaction) throws -> Zone {
        try self.people.find(person, in: tx)?.zone ?? self.organizations.current(in: tx).zone
    }

    private struct Waiting: Record {
        static let columns: Columns = ["id", "start_at", "end_at"]
        let id: ID<StoredMessage>
        let time: AppointmentTime

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.time = AppointmentTime(start: try row.next(), end: try row.next())
        }
    }

    /// Moves the reminders of a person that wait to where they belong under other preferences.
    func move(remindersOf person: ID<Person>, to preferences: Preferences, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        let waiting = try tx.fetchAll(
            """
            SELECT \(Waiting.columns) FROM \(MessagingSchema.message)
            WHERE organization_id = \(organization) AND person_id = \(person)
                AND type = \(MessageType.bookingReminder) AND state = \(MessageState.waiting) AND attempts = 0
            ORDER BY id LIMIT 1000\(SQL.forUpdate)
            """, as: Waiting.self)
        for reminder in waiting {
            let due = try self.due(
                before: reminder.time, of: person, preferences, notBefore: .distantPast, in: tx.reading)
            // Who wants none is not reminded when the time comes; until then they may change their mind.
            guard let due else { continue }
            try tx.post(
                """
                UPDATE \(MessagingSchema.message) SET due_at = \(max(due, tx.now))
                WHERE organization_id = \(organization) AND id = \(reminder.id)
                    AND state = \(MessageState.waiting) AND attempts = 0
                """)
        }
    }
}
