internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Mails people without an account what leads them to their booking.
///
/// It is no message like others: the token in it must be in no table, so that it is drawn when the mail is made, by a job
/// that holds the booking's id and nothing else, and there is no text of an organization's own that could leave it out.
/// What is tried again draws another token; those that nobody has read end with the others.
struct GuestAccessMail: Sendable {
    static let job = JobKey<MailingAccess>("mail-guest-access")

    let kernel: Kernel<Messaging>
    let bookings: any BookingLookup
    let access: any BookingAccess

    /// Everything that belongs to it.
    @ContributionBuilder var contributions: Contributions {
        On<GuestAccessRequested>("mail-guest-access") { event, tx in
            try tx.enqueue(Self.job, MailingAccess(booking: event.booking))
        }
        Job(Self.job, isOutbound: true) { [self] input, context in try await self.send(input.booking, context) }
    }

    /// What is about to be sent; only while it is.
    private struct Letter: Sendable {
        let address: EmailAddress
        let subject: String
        let text: String
    }

    private func send(_ booking: ID<Booking>, _ context: JobContext) async throws {
        guard let transport = self.kernel.mail else {
            throw JobFailure.permanent("the manifest has no section mail")
        }
        let letter = try await context.write { [self] tx in try self.letter(booking, in: tx) }
        // Erased, cancelled with the account, or joined with one since.
        guard let letter else { return }
        do {
            try await transport.send(
                OutgoingMail(
                    recipient: letter.address, subject: letter.subject, text: letter.text,
                    identifier: "\(context.id)-\(context.attempt)", kind: "messaging.guest-access"))
        } catch let error as MailDeliveryError where error.isPermanent {
            throw JobFailure.permanent(error.reason)
        }
    }

    private func letter(_ booking: ID<Booking>, in tx: Transaction) throws -> Letter? {
        // The token first: from then on nobody changes the address to which it goes.
        guard let token = try self.access.token(for: booking, in: tx),
            let details = try self.bookings.details(of: booking, in: tx.reading),
            let person = try self.kernel.people.find(details.customerPerson, in: tx.reading),
            let address = person.email.flatMap({ try? EmailAddress($0) })
        else { return nil }
        let organization = try self.kernel.organizations.current(in: tx.reading)
        let words = GuestAccessWords(in: [person.locale, organization.locale].compactMap { $0 })
        let start = LocalMoment(details.booking.start, in: details.booking.zone, locale: words.locale)
        let title = details.eventTypeName.resolved(for: [words.locale], fallback: organization.locale)
        return Letter(
            address: address, subject: words.subject(TemplateText.line(title)),
            text: words.text(
                person.displayName, of: title, at: start.dateAndTime, number: details.booking.number, token: token,
                link: self.kernel.pages.map { "\($0)/book/manage?organization=\(organization.slug)#token=\(token)" },
                forSeries: details.booking.series != nil, from: organization.name))
    }
}

/// Access to a booking that is to be mailed.
struct MailingAccess: Codable, Sendable {
    let booking: ID<Booking>
}
