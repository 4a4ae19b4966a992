internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// Makes of a message that was written down what its recipient reads.
struct Composer: Sendable {
    let templates: TemplateStore
    let organizations: Organizations
    /// Where the deployment's pages are, without a slash at the end; `nil` where nobody has said.
    let pages: String?
    /// The address that mails come from.
    let organizer: @Sendable () -> EmailAddress?

    /// Fills in the text of a message.
    ///
    /// An organization's own text that cannot be used, because it was saved by a program that allowed more, is passed
    /// over for the built-in one.
    ///
    /// - Parameters:
    ///   - row: The message.
    ///   - subject: What it is about.
    ///   - recipient: Who reads it.
    ///   - languages: Their languages, best first.
    ///   - parts: What the channel carries besides subject and text.
    ///   - token: With what the recipient reaches what it is about, where they have no account.
    ///   - tx: The transaction of the message.
    /// - Returns: What the recipient reads.
    /// - Throws: Storage errors.
    func content(
        of row: MessageRow, _ subject: MessageSubject, for recipient: MessageRecipient, languages: [String],
        carrying parts: Set<MessagePart>, token: String? = nil, in tx: ReadTransaction
    ) throws -> MessageContent {
        let organization = try self.organizations.current(in: tx)
        let key = TemplateKey(type: row.type, audience: row.audience, channel: row.channel)
        let languages = languages + [organization.locale]
        let own = try self.templates.text(for: key, in: languages, in: tx)
        let builtIn = DefaultTexts.text(for: key, in: languages)
        func filled(_ template: TemplateParts) throws -> MessageContent {
            var values = Self.values(row, subject, recipient, organization, in: template.locale)
            values[.link] = self.pages.flatMap { subject.link(for: row, under: $0, of: organization, token: token) }
            let content = try Self.fill(template, values, carrying: parts)
            guard parts.contains(.invitation), case .booking(let details, _) = subject else { return content }
            let title = details.eventTypeName.resolved(for: languages, fallback: organization.locale)
            let invitation = Invitation(
                row: row, details: details, recipient: recipient, organization: organization, title: title,
                organizer: self.organizer()?.text ?? "noreply@\(organization.slug).invalid", now: tx.now)
            return MessageContent(
                locale: content.locale, subject: content.subject, text: content.text, html: content.html,
                invitation: invitation.content)
        }
        guard let own, let content = try? filled(own) else { return try filled(builtIn) }
        return content
    }

    /// Whether a link has a place in what a message says; the built-in texts have one wherever there is a choice.
    ///
    /// The same answer for a text that cannot be used: the link of the built-in one leads to a page that asks for a code.
    func hasLink(_ row: MessageRow, languages: [String], in tx: ReadTransaction) throws -> Bool {
        let key = TemplateKey(type: row.type, audience: row.audience, channel: row.channel)
        let fallback = try self.organizations.current(in: tx).locale
        guard let own = try self.templates.text(for: key, in: languages + [fallback], in: tx) else { return true }
        return [own.subject, own.text, own.html ?? ""].contains { $0.contains(Placeholder.link.rawValue) }
    }

    /// The parts of a text with its placeholders filled in, each escaped as its form asks.
    static func fill(
        _ template: TemplateParts, _ values: [Placeholder: String], carrying parts: Set<MessagePart>
    ) throws -> MessageContent {
        let subject = try TemplateText(source: template.subject).rendered(values, as: .line)
        let text = try TemplateText(source: template.text).rendered(values, as: .text)
        var html: String?
        if parts.contains(.html), let source = template.html {
            html = Self.document(
                try TemplateText(source: source).rendered(values, as: .html), subject: subject, locale: template.locale)
        }
        return MessageContent(locale: template.locale, subject: subject, text: text, html: html)
    }

    /// What placeholders stand for, in a language.
    static func values(
        _ row: MessageRow, _ subject: MessageSubject, _ recipient: MessageRecipient, _ organization: Organization,
        in locale: String
    ) -> [Placeholder: String] {
        let zone = subject.zone
        let start = LocalMoment(row.start, in: zone, locale: locale)
        var values = subject.values(recipient, organization, in: locale)
        values[.recipient] = recipient.name
        values[.organization] = organization.name
        values[.start] = start.dateAndTime
        values[.date] = start.date
        values[.time] = start.time
        values[.endTime] = LocalMoment(row.end, in: zone, locale: locale).time
        values[.timeZone] = zone.description
        values[.count] = "\(row.bookings)"
        if let previous = row.previousStart {
            values[.previousStart] = LocalMoment(previous, in: zone, locale: locale).dateAndTime
        }
        return values
    }

    /// A whole document around the body that a template has.
    private static func document(_ body: String, subject: String, locale: String) -> String {
        let title = Self.escaped(subject)
        return """
            <!DOCTYPE html>
            <html lang="\(Self.escaped(locale))">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>\(title)</title></head>
            <body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">
            \(body)
            </body>
            </html>

            """
    }

    private static func escaped(_ text: String) -> String {
        (try? TemplateText(source: "{{recipient}}").rendered([.recipient: text], as: .html)) ?? ""
    }
}
