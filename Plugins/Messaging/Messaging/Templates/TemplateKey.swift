internal import AlmanacKernel
internal import AlmanacStorage
internal import MessagingAPI

/// For which messages a text is.
struct TemplateKey: Sendable, Hashable {
    let type: MessageType
    let audience: MessageAudience
    let channel: ChannelID
}

/// What a message says, with placeholders.
struct TemplateParts: Sendable, Equatable {
    let locale: String
    let subject: String
    let text: String
    let html: String?

    /// Limits of a part, in code points.
    static let subjectLength = 1...200
    static let bodyLength = 1...20_000

    /// What is wrong with the parts for a type on a channel, with a pointer each; empty when they will do.
    func problems(for key: TemplateKey, carrying parts: Set<MessagePart>) -> [Refusal.Field] {
        let allowed = Placeholder.allowed(in: key.type, for: key.audience)
        let subject = TemplateText(source: self.subject).inspect(allowing: allowed)
        var found = subject.problems.map { Refusal.Field("/subject", "template_malformed", $0) }
        if !TemplateText.line(self.subject).utf8.elementsEqual(self.subject.utf8) {
            found.append(.init("/subject", "subject_not_one_line", "a subject is one line without needless spaces"))
        }
        let required = Placeholder.required(in: key.type)
        found += Self.problems(of: self.text, "/text", allowed, required)
        if let html = self.html {
            if parts.contains(.html) {
                found += Self.problems(of: html, "/html", allowed, required)
            } else {
                found.append(.init("/html", "html_not_carried", "the channel \(key.channel) carries text only"))
            }
        }
        return found
    }

    private static func problems(
        of body: String, _ pointer: String, _ allowed: [Placeholder], _ required: [Placeholder]
    ) -> [Refusal.Field] {
        let inspection = TemplateText(source: body).inspect(allowing: allowed)
        let missing = required.filter { !inspection.shown.contains($0) }
        return inspection.problems.map { .init(pointer, "template_malformed", $0) }
            + missing.map {
                .init(
                    pointer, "placeholder_missing", "{{\($0.rawValue)}} has to stand here, outside of any section")
            }
    }
}

/// Languages of texts.
enum MessageLocale {
    /// The tag in its usual case, or `nil` when it is none.
    static func normalized(_ tag: String) -> String? {
        (try? LocalizedText("-", language: tag))?.texts.keys.first
    }

    /// The tag, and the tag cut from its end again and again (RFC 4647 §3.4): `de-CH`, `de`.
    static func lookup(_ tag: String) -> [String] {
        var found: [String] = []
        var rest = self.normalized(tag) ?? ""
        while !rest.isEmpty {
            found.append(rest)
            guard let hyphen = rest.lastIndex(of: "-") else { break }
            rest = String(rest[..<hyphen])
        }
        return found
    }
}
