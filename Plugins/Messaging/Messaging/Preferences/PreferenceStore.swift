internal import AlmanacKernel
internal import AlmanacStorage
internal import MessagingAPI

/// Finds out how people want to be told.
struct PreferenceStore: Sendable {
    let settings: Messaging.Settings
    let channels: ChannelDirectory

    /// How a person of the transaction's organization wants to be told.
    func of(_ person: ID<Person>, in tx: ReadTransaction) throws -> Preferences {
        self.resolved(try self.stored(person, in: tx) ?? .none)
    }

    /// What a person has said, with what holds for everybody in the place of what they have not.
    func resolved(_ row: PreferenceRow) -> Preferences {
        Preferences(
            channels: row.channels.map { chosen in self.channels.ids.filter(chosen.contains) }
                ?? self.channels.defaults,
            quietHours: row.quietHours,
            reminderLeadMinutes: row.reminderLeadMinutes ?? self.settings.reminderLeadMinutes, locale: row.locale,
            version: row.version)
    }

    /// What a person has said; `nil` when nothing.
    func stored(_ person: ID<Person>, in tx: ReadTransaction) throws -> PreferenceRow? {
        guard let organization = tx.scope.organization else { return nil }
        return try tx.fetchOne(
            """
            SELECT \(PreferenceRow.columns) FROM \(MessagingSchema.preference)
            WHERE organization_id = \(organization) AND person_id = \(person)
            """)
    }

    /// Puts what a person says now in the place of what they said before.
    ///
    /// - Throws: ``Refusal`` `changed_meanwhile` when somebody else has changed it since it was read.
    func replace(_ before: PreferenceRow, by row: PreferenceRow, of person: ID<Person>, in tx: Transaction) throws {
        guard let call = tx.call else { throw Refusal.unauthenticated }
        let channels = row.channels.map { JSON.array($0.map { .string($0.name) }) }
        let isStored = try self.stored(person, in: tx.reading) != nil
        guard isStored else {
            try tx.post(
                """
                INSERT INTO \(MessagingSchema.preference) (organization_id, person_id, channels, quiet_from, quiet_to,
                    reminder_lead_minutes, locale, version, changed_at, changed_by)
                VALUES (\(call.organization), \(person), \(channels), \(row.quietHours?.from), \(row.quietHours?.to),
                    \(row.reminderLeadMinutes), \(row.locale), \(before.version + 1), \(tx.now),
                    \(call.principal.name))
                """)
            return
        }
        let changed = try tx.execute(
            """
            UPDATE \(MessagingSchema.preference)
            SET channels = \(channels), quiet_from = \(row.quietHours?.from), quiet_to = \(row.quietHours?.to),
                reminder_lead_minutes = \(row.reminderLeadMinutes), locale = \(row.locale),
                version = \(before.version + 1), changed_at = \(tx.now), changed_by = \(call.principal.name)
            WHERE organization_id = \(call.organization) AND person_id = \(person) AND version = \(before.version)
            """)
        guard changed == 1 else {
            throw Refusal(.conflict, "changed_meanwhile", "this was changed meanwhile: read it again")
        }
    }
}
