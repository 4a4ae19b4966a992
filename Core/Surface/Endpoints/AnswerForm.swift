/// In which form an endpoint answers when it succeeds; problems are always JSON.
enum AnswerForm: Sendable, Equatable {
    /// One JSON document.
    case json
    /// JSON Lines: a document a line, for lists that are taken away as files.
    case lines
    /// Server-Sent Events, for as long as somebody listens.
    case events
    /// A document of another kind, as a whole.
    case document(Document.Form)

    /// The halves of the media type.
    var types: (type: String, subtype: String) {
        switch self {
        case .json: ("application", "json")
        case .lines: ("application", "jsonl")
        case .events: ("text", "event-stream")
        case .document(let form): form.types
        }
    }

    /// The media type: `application/json`.
    var mediaType: String { "\(self.types.type)/\(self.types.subtype)" }

    /// The media type as `Content-Type` says it: of text in a document with its encoding, which is always the same.
    var contentType: String {
        guard case .document = self, self.types.type == "text" else { return self.mediaType }
        return "\(self.mediaType); charset=utf-8"
    }

    /// How many bytes an answer may have that gets an `ETag` without having a version.
    var largestTagged: Int {
        if case .document = self { .max } else { EntityTag.largestBody }
    }
}
