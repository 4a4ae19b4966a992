/// In which form an endpoint answers when it succeeds; problems are always JSON.
enum AnswerForm: Sendable, Equatable {
    /// One JSON document.
    case json
    /// JSON Lines: a document a line, for lists that are taken away as files.
    case lines
    /// Server-Sent Events, for as long as somebody listens.
    case events

    /// The halves of the media type.
    var types: (type: String, subtype: String) {
        switch self {
        case .json: ("application", "json")
        case .lines: ("application", "jsonl")
        case .events: ("text", "event-stream")
        }
    }

    /// The media type: `application/json`.
    var mediaType: String { "\(self.types.type)/\(self.types.subtype)" }
}
