internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import MessagingAPI

/// The texts that an organization has in place of the built-in ones.
struct TemplateStore: Sendable {
    let channels: ChannelDirectory

    // MARK: For sending

    /// The organization's text for a message, in the first language that there is one in; `nil` when there is none.
    func text(for key: TemplateKey, in languages: [String], in tx: ReadTransaction) throws -> TemplateParts? {
        guard let organization = tx.scope.organization else { return nil }
        let rows = try tx.fetchAll(
            """
            SELECT \(TemplateView.columns) FROM \(MessagingSchema.template)
            WHERE organization_id = \(organization) AND type = \(key.type) AND audience = \(key.audience)
                AND channel = \(key.channel) AND archived_at IS NULL
            """, as: TemplateView.self)
        guard !rows.isEmpty else { return nil }
        for locale in languages.flatMap(MessageLocale.lookup) {
            if let row = rows.first(where: { $0.locale.utf8.elementsEqual(locale.utf8) }) { return row.parts }
        }
        return nil
    }

    // MARK: For the staff

    func list(_ input: PageInput, _ call: Call, in tx: ReadTransaction) throws -> Page<TemplateView> {
        _ = try tx.filter(.manageMessageTemplates)
        var conditions: [SQL] = ["organization_id = \(call.organization)", "archived_at IS NULL"]
        if let after = input.after {
            conditions.append(try Cursor(after, list: "message-templates", keys: 1).after(["id"]))
        }
        let rows = try tx.fetchAll(
            """
            SELECT \(TemplateView.columns) FROM \(MessagingSchema.template)
            WHERE \(SQL.joined(conditions, by: " AND ")) ORDER BY id LIMIT \(input.limit + 1)
            """, as: TemplateView.self)
        return Page(rows, limit: input.limit) { Cursor(list: "message-templates", keys: [$0.id.sqlValue]) }
    }

    func find(_ id: ID<StoredTemplate>, _ call: Call, in tx: ReadTransaction) throws -> TemplateView {
        _ = try tx.filter(.manageMessageTemplates)
        let found = try tx.fetchOne(
            """
            SELECT \(TemplateView.columns) FROM \(MessagingSchema.template)
            WHERE organization_id = \(call.organization) AND id = \(id) AND archived_at IS NULL
            """, as: TemplateView.self)
        guard let found else { throw Refusal.notFound("message template") }
        return found
    }

    func create(_ input: CreateTemplate, _ call: Call, in tx: Transaction) throws -> TemplateView {
        try tx.require(.manageMessageTemplates, on: Ownership())
        let key = TemplateKey(type: input.type, audience: input.audience, channel: input.channel)
        let parts = try self.checked(key, input.locale, input.subject, input.text, input.html)
        let id: ID<StoredTemplate> = tx.id()
        try tx.post(
            """
            INSERT INTO \(MessagingSchema.template) (organization_id, id, type, audience, channel, locale, subject,
                text, html, version, created_at, created_by)
            VALUES (\(call.organization), \(id), \(key.type), \(key.audience), \(key.channel), \(parts.locale),
                \(parts.subject), \(parts.text), \(parts.html), \(1), \(tx.now), \(call.principal.name))
            """)
        try tx.audit("messaging.template.created", object: .init("message-template", id))
        return try self.find(id, call, in: tx.reading)
    }

    func replace(_ input: ReplaceTemplate, _ call: Call, in tx: Transaction) throws -> TemplateView {
        try tx.require(.manageMessageTemplates, on: Ownership())
        let before = try self.find(input.id, call, in: tx.reading)
        try call.match(version: before.version)
        let parts = try self.checked(before.key, before.locale, input.subject, input.text, input.html)
        let changed = try tx.execute(
            """
            UPDATE \(MessagingSchema.template)
            SET subject = \(parts.subject), text = \(parts.text), html = \(parts.html), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(input.id) AND version = \(before.version)
                AND archived_at IS NULL
            """)
        guard changed == 1 else { throw Self.changedMeanwhile }
        var changes = AuditChanges()
        try changes.compare("subject", before.subject, parts.subject)
        try changes.compare("text", before.text, parts.text)
        try changes.compare("html", before.html, parts.html)
        try tx.audit("messaging.template.changed", object: .init("message-template", input.id), changes: changes)
        return try self.find(input.id, call, in: tx.reading)
    }

    func archive(_ id: ID<StoredTemplate>, _ call: Call, in tx: Transaction) throws {
        try tx.require(.manageMessageTemplates, on: Ownership())
        let before = try self.find(id, call, in: tx.reading)
        try call.match(version: before.version)
        let changed = try tx.execute(
            """
            UPDATE \(MessagingSchema.template) SET archived_at = \(tx.now), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id) AND version = \(before.version)
                AND archived_at IS NULL
            """)
        guard changed == 1 else { throw Self.changedMeanwhile }
        try tx.audit("messaging.template.archived", object: .init("message-template", id))
    }

    /// What a text would make of a booking that is made up; of the one that holds now, when none is given.
    func preview(_ input: PreviewTemplate, _ call: Call, in tx: ReadTransaction) throws -> TemplatePreview {
        try tx.require(.manageMessageTemplates, on: Ownership())
        let key = TemplateKey(type: input.type, audience: input.audience, channel: input.channel)
        let parts: TemplateParts
        if let subject = input.subject, let text = input.text {
            parts = try self.checked(key, input.locale, subject, text, input.html)
        } else {
            guard input.subject == nil, input.text == nil, input.html == nil else {
                throw Refusal.invalid(
                    input.text == nil ? "/text" : "/subject", "part_missing",
                    "give subject and text, or neither to see what holds now")
            }
            let locale = try self.locale(input.locale)
            try self.require(key)
            parts = try self.text(for: key, in: [locale], in: tx) ?? DefaultTexts.text(for: key, in: [locale])
        }
        let carried = self.channels.parts(of: key.channel)
        let filled = try Composer.fill(parts, PreviewValues.values(key, in: parts.locale), carrying: carried)
        return TemplatePreview(
            locale: parts.locale, subject: filled.subject, text: filled.text, html: filled.html,
            template: .init(
                subject: parts.subject, text: parts.text, html: carried.contains(.html) ? parts.html : nil),
            placeholders: Placeholder.allowed(in: key.type, for: key.audience).map(\.rawValue),
            required: Placeholder.required(in: key.type).map(\.rawValue))
    }

    // MARK: Checking

    private func checked(
        _ key: TemplateKey, _ locale: String, _ subject: String, _ text: String, _ html: String?
    ) throws -> TemplateParts {
        try self.require(key)
        let parts = TemplateParts(locale: try self.locale(locale), subject: subject, text: text, html: html)
        let problems = parts.problems(for: key, carrying: self.channels.parts(of: key.channel))
        guard let first = problems.first else { return parts }
        throw Refusal(.invalid, first.code, first.detail, fields: problems)
    }

    private func locale(_ tag: String) throws -> String {
        guard let locale = MessageLocale.normalized(tag) else {
            throw Refusal.invalid("/locale", "locale_invalid", "a language is a tag such as de or de-CH")
        }
        return locale
    }

    /// Refuses texts for what nobody is told, or on a channel that is not there.
    private func require(_ key: TemplateKey) throws {
        guard key.type.audiences.contains(key.audience) else {
            throw Refusal.invalid("/audience", "audience_not_told", "this is told to customers only")
        }
        guard self.channels.ids.contains(key.channel) else {
            throw Refusal.invalid(
                "/channel", "unknown_channel",
                "there is no such channel; there are \(self.channels.ids.map(\.name).joined(separator: ", "))")
        }
    }

    private static let changedMeanwhile = Refusal(
        .conflict, "changed_meanwhile", "this was changed meanwhile: read it again")
}
