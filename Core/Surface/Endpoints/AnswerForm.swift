/// In which form an endpoint answers when it succeeds; problems are always JSON.
enum AnswerForm: Sendable, Equatable {
    /// One JSON document.
    case json
    /// JSON Lines: a document a line, for lists that are taken away as files.
    case lines

    /// What stands behind `application/`.
    var subtype: String {
        switch self {
        case .json: "json"
        case .lines: "jsonl"
        }
    }

    /// The media type: `application/json`.
    var mediaType: String { "application/\(self.subtype)" }
}
