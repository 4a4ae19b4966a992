internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// What is done about one message in transactions: claiming it, deciding whether it is sent and what it says, and
/// writing down what became of it.
struct SendingDesk: Sendable {
    let bookings: any BookingLookup
    let guardianship: any Guardianship
    let events: any CalendarEventLookup
    let waitlist: any WaitlistLookup
    let access: GuestTokens
    let people: People
    let organizations: Organizations
    let channels: ChannelDirectory
    let preferences: PreferenceStore
    let composer: Composer
    let arrivals: Arrivals
    let lease: MessageLease

    /// A message that was claimed and is to be sent outside any transaction.
    struct Errand: Sendable {
        let id: ID<StoredMessage>
        /// Which attempt it is: nobody else has the same one.
        let attempt: Int
        let end: Instant
        let channel: any MessageChannel
        let message: ChannelMessage
    }

    /// What became of a message that somebody tried to claim.
    enum Claim: Sendable {
        /// Somebody else has it, or it is not due any more.
        case gone
        /// It needs nobody to send it: it was put into an inbox, postponed or suppressed.
        case settled
        /// It is to be sent.
        case send(Errand)
    }

    // MARK: Claiming

    /// Claims a message that is due, and decides what becomes of it.
    ///
    /// The claim is one statement that names what it expects: of several hosts that try, one has it. A message whose
    /// sender did not come back is due again when its time is over.
    func claim(_ id: ID<StoredMessage>, in tx: Transaction) throws -> Claim {
        guard let organization = tx.scope.organization else { return .gone }
        guard try self.lease.take(id, organization, in: tx) else { return .gone }
        let row = try tx.fetchOne(
            """
            SELECT \(MessageRow.columns) FROM \(MessagingSchema.message)
            WHERE organization_id = \(organization) AND id = \(id)
            """, as: MessageRow.self)
        guard let row else { return .gone }
        switch try self.decide(row, organization, in: tx) {
        case .suppress(let reason): try self.end(row, .suppressed, reason, in: tx)
        case .postpone(let due): try self.postpone(row, to: due, in: tx)
        case .deliver(let content): try self.put(content, of: row, organization, in: tx)
        case .send(let channel, let message, let end):
            try tx.post(
                """
                UPDATE \(MessagingSchema.message) SET locale = \(message.content.locale)
                WHERE organization_id = \(organization) AND id = \(id)
                """)
            return .send(
                Errand(id: id, attempt: row.attempts, end: end, channel: channel, message: message))
        }
        return .settled
    }

    private enum Decision {
        case suppress(MessageReason)
        case postpone(Instant)
        /// Into the recipient's inbox.
        case deliver(MessageContent)
        /// To somebody who takes it there, until an instant.
        case send(any MessageChannel, ChannelMessage, until: Instant)
    }

    private func decide(
        _ row: MessageRow, _ organization: OrganizationID, in tx: Transaction
    ) throws -> Decision {
        guard let subject = try self.subject(of: row, in: tx.reading), subject.isCurrent(row, tx.now) else {
            return .suppress(.overtaken)
        }
        guard let person = try self.people.find(row.person, in: tx.reading) else { return .suppress(.noRecipient) }
        let preferences = try self.preferences.of(row.person, in: tx.reading)
        guard preferences.channels.contains(row.channel) else { return .suppress(.unwanted) }
        if [.bookingReminder, .calendarReminder].contains(row.type), preferences.reminderLeadMinutes == 0 {
            return .suppress(.unwanted)
        }
        let languages = [preferences.locale, person.locale].compactMap(\.self)
        if row.channel == .inApp {
            return .deliver(
                try self.composer.content(
                    of: row, subject, for: MessageRecipient(person), languages: languages, carrying: [],
                    in: tx.reading))
        }
        guard let channel = self.channels.channel(row.channel), channel.isConfigured else {
            return .suppress(.channelUnavailable)
        }
        guard channel.address(of: MessageRecipient(person)) != nil else { return .suppress(.noAddress) }
        let deadline = subject.deadline(of: row)
        if !channel.isSilent, let end = try self.quietEnd(before: deadline, preferences, person, tx.reading) {
            return .postpone(end)
        }
        let token = try self.token(for: row, subject, languages, in: tx)
        // The token first: from then on nobody changes the address to which it goes.
        let recipient = try self.people.find(row.person, in: tx.reading).map { MessageRecipient($0) }
        guard let recipient, let address = channel.address(of: recipient) else { return .suppress(.noAddress) }
        let content = try self.composer.content(
            of: row, subject, for: recipient, languages: languages, carrying: channel.parts, token: token,
            in: tx.reading)
        return .send(
            channel,
            ChannelMessage(
                identifier: "\(row.id)", type: row.type, organization: organization, address: address,
                content: content), until: subject.end(of: row))
    }

    /// With what a guest reaches a booking or answers an offer, drawn for this attempt: it stands in what is sent to them,
    /// and in no table.
    ///
    /// - Returns: `nil` for everybody who signs in, those who act for others among them, and where there are no pages
    ///   to which it could lead, or no place for it in the text.
    private func token(
        for row: MessageRow, _ subject: MessageSubject, _ languages: [String], in tx: Transaction
    ) throws -> String? {
        guard self.composer.pages != nil, row.audience == .customer,
            try self.composer.hasLink(row, languages: languages, in: tx.reading)
        else { return nil }
        switch subject {
        case .booking(let details, _):
            guard row.type.leavesChoice, details.customerPerson == row.person else { return nil }
            return try self.access.bookings.token(for: details.booking.id, in: tx)
        case .offer(let offer, _):
            guard offer.customerPerson == row.person else { return nil }
            return try self.access.waitlist.token(for: offer.entry, in: tx)
        case .event: return nil
        }
    }

    /// What a message is about, as it is now; `nil` when it is gone.
    private func subject(of row: MessageRow, in tx: ReadTransaction) throws -> MessageSubject? {
        switch row.type {
        case .calendarReminder:
            guard let event = try self.events.details(of: row.booking.cast(), in: tx) else { return nil }
            return .event(event, owner: try self.people.name(of: event.owner, in: tx) ?? "")
        case .waitlistOffered:
            guard let offer = try self.waitlist.offer(to: row.booking.cast(), in: tx) else { return nil }
            return .offer(offer, guardians: try self.guardianship.guardians(of: offer.customerPerson, in: tx))
        default:
            guard let details = try self.bookings.details(of: row.booking, in: tx) else { return nil }
            return .booking(details, guardians: try self.guardianship.guardians(of: details.customerPerson, in: tx))
        }
    }

    /// Until when the recipient is not to be disturbed; `nil` when they may be, or cannot be told later.
    private func quietEnd(
        before deadline: Instant, _ preferences: Preferences, _ person: Person, _ tx: ReadTransaction
    ) throws -> Instant? {
        guard let quiet = preferences.quietHours else { return nil }
        let zone = try person.zone ?? self.organizations.current(in: tx).zone
        guard let end = quiet.end(at: tx.now, in: zone) else { return nil }
        // What begins or lapses while they sleep, or would have, is why they have to be told now.
        return end < deadline || deadline <= tx.now ? end : nil
    }

    // MARK: Settling

    /// Writes down that a message was taken.
    func sent(_ errand: Errand, _ receipt: ChannelReceipt, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(MessageState.sent), response = \(receipt.response.map(Self.short)), settled_at = \(tx.now)
            WHERE organization_id = \(organization) AND id = \(errand.id) AND state = \(MessageState.sending)
                AND attempts = \(errand.attempt)
            """)
    }

    /// Writes down that a message was not taken: it is tried again later, unless that cannot help.
    func failed(_ errand: Errand, _ error: ChannelError, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        let next = error.isPermanent ? nil : RetryPlan.next(after: errand.attempt, now: tx.now, end: errand.end)
        let state: MessageState = next == nil ? .failed : .waiting
        let reason: MessageReason? = next == nil ? (error.isPermanent ? .refused : .exhausted) : nil
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(state), reason = \(reason), response = \(Self.short(error.reason)),
                due_at = \(next ?? tx.now), settled_at = \(next == nil ? tx.now : nil)
            WHERE organization_id = \(organization) AND id = \(errand.id) AND state = \(MessageState.sending)
                AND attempts = \(errand.attempt)
            """)
    }

    /// Lets a message wait that could not even be claimed, so that others get their turn; in the end it is given up.
    func setAside(_ id: ID<StoredMessage>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        // Those that were tried often enough first; what is left then waits.
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET attempts = attempts + 1, state = \(MessageState.failed), reason = \(MessageReason.unusable),
                settled_at = \(tx.now)
            WHERE organization_id = \(organization) AND id = \(id) AND \(self.lease.isDue(at: tx.now))
                AND attempts >= \(RetryPlan.pauses.count)
            """)
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET attempts = attempts + 1, state = \(MessageState.waiting),
                due_at = \(tx.now.adding(seconds: RetryPlan.pauses[0]))
            WHERE organization_id = \(organization) AND id = \(id) AND \(self.lease.isDue(at: tx.now))
            """)
    }

    /// The inbox is in the database: the message is there with this transaction.
    private func put(
        _ content: MessageContent, of row: MessageRow, _ organization: OrganizationID, in tx: Transaction
    ) throws {
        let number = try self.arrivals.next(for: row.person, organization, in: tx)
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(MessageState.sent), locale = \(content.locale), subject = \(content.subject),
                body = \(content.text), settled_at = \(tx.now), arrival = \(number)
            WHERE organization_id = \(organization) AND id = \(row.id)
            """)
    }

    private func end(
        _ row: MessageRow, _ state: MessageState, _ reason: MessageReason, in tx: Transaction
    ) throws {
        guard let organization = tx.scope.organization else { return }
        // It was claimed, not tried.
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(state), reason = \(reason), attempts = \(row.attempts - 1), settled_at = \(tx.now)
            WHERE organization_id = \(organization) AND id = \(row.id)
            """)
    }

    private func postpone(_ row: MessageRow, to due: Instant, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        try tx.post(
            """
            UPDATE \(MessagingSchema.message)
            SET state = \(MessageState.waiting), attempts = \(row.attempts - 1), due_at = \(due)
            WHERE organization_id = \(organization) AND id = \(row.id)
            """)
    }

    /// Answers of providers may be of any length, and hold what no database takes.
    private static func short(_ text: String) -> String { String(TemplateText.line(text).prefix(500)) }
}

extension MessageRecipient {
    /// A person as they are now.
    fileprivate init(_ person: Person) {
        self.init(person: person.id, name: person.displayName, email: person.email, phone: person.phone)
    }
}
