internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import MessagingAPI

/// What identifies a template.
enum StoredTemplate {}

/// A text of an organization's own as the staff see it.
struct TemplateView: Codable, Sendable, Versioned, Record {
    static let columns: Columns = [
        "id", "type", "audience", "channel", "locale", "subject", "text", "html", "version", "created_at",
    ]

    let id: ID<StoredTemplate>
    let type: MessageType
    let audience: MessageAudience
    let channel: ChannelID
    let locale: String
    let subject: String
    let text: String
    let html: String?
    let version: Int
    let createdAt: Instant

    var key: TemplateKey { TemplateKey(type: self.type, audience: self.audience, channel: self.channel) }

    var parts: TemplateParts {
        TemplateParts(locale: self.locale, subject: self.subject, text: self.text, html: self.html)
    }

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.type = try row.next()
        self.audience = try row.next()
        self.channel = try row.next()
        self.locale = try row.next()
        self.subject = try row.next()
        self.text = try row.next()
        self.html = try row.nextIfPresent()
        self.version = try row.next()
        self.createdAt = try row.next()
    }
}

/// What a text makes of a booking.
struct TemplatePreview: Codable, Sendable {
    /// The text with its placeholders.
    struct Source: Codable, Sendable {
        let subject: String
        let text: String
        let html: String?
    }

    let locale: String
    let subject: String
    let text: String
    let html: String?
    let template: Source
    let placeholders: [String]
    let required: [String]
}

/// What the fields of templates may hold.
private enum TemplateConstraints {
    static let parts: [String: Constraint] = [
        "subject": .text(TemplateParts.subjectLength, "One line, with placeholders such as {{eventType}}."),
        "text": .text(
            TemplateParts.bodyLength, "Plain text, with placeholders; {{eventType}} and {{start}} have to stand in it."),
        "html": .text(
            TemplateParts.bodyLength,
            "The same as the body of a document in HTML, for channels that carry it; values are escaped."),
    ]
    static let key: [String: Constraint] = [
        "type": .field("What the message is about."),
        "audience": .field("As what its reader is told."), "channel": .field("The name of a channel: email, inApp."),
        "locale": .text(2...35, "The language, as a BCP 47 tag."),
    ]
}

/// The input of `POST /message-templates`.
struct CreateTemplate: APIInput {
    let type: MessageType
    let audience: MessageAudience
    let channel: ChannelID
    let locale: String
    let subject: String
    let text: String
    let html: String?

    static let constraints = TemplateConstraints.key.merging(TemplateConstraints.parts) { $1 }
}

/// The input of `PUT /message-templates/{id}`: all of the text is replaced.
struct ReplaceTemplate: APIInput {
    let id: ID<StoredTemplate>
    let subject: String
    let text: String
    let html: String?

    static let constraints = TemplateConstraints.parts
}

/// The input of `GET` and `DELETE /message-templates/{id}`.
struct TemplateByID: APIInput {
    let id: ID<StoredTemplate>
}

/// The input of `POST /message-templates/preview`.
struct PreviewTemplate: APIInput {
    let type: MessageType
    let audience: MessageAudience
    let channel: ChannelID
    let locale: String
    let subject: String?
    let text: String?
    let html: String?

    static let constraints = TemplateConstraints.key.merging(TemplateConstraints.parts) { $1 }
}
