/// Where a form gets the starts from which one chooses instead of typing one, and what says why another is not offered.
///
/// ```swift
/// ConsoleSlots("start", list: "slots.list", explainedBy: "slots.explain", at: "at",
///     given: ["eventType": "eventType/id", "provider": "provider/id"])
/// ```
/// Every form of a resource that has the field shows them. What the list and the explanation have to be given comes from
/// what the form holds under the same name, or else from the item that the form is about.
public struct ConsoleSlots: Sendable {
    /// The field of forms, an instant.
    public let field: String
    /// Lists what is free: takes dates `from` and `to`, answers `{"items": [{"start": …}]}`.
    public let list: ConsoleOperation
    /// Says why a start is or is not offered: answers `{"parts": [{"reasons": [{"allows", "detail", "claims"}]}]}`, the
    /// claims being what stands in the way, with `start`, `end` and, for those who may see it, `number` and `title`.
    public let explanation: ConsoleOperation?
    /// The field of the explanation's input that takes the start.
    public let at: String
    /// The fields of both inputs, with where an item holds their values; `=caller` is the value itself.
    public let given: [String: String]

    /// Describes where starts come from.
    public init(
        _ field: String, list: ConsoleOperation, explainedBy explanation: ConsoleOperation? = nil, at: String = "at",
        given: [String: String]
    ) {
        self.field = field
        self.list = list
        self.explanation = explanation
        self.at = at
        self.given = given
    }
}

/// What says what would come of an action, before it is done.
public struct ConsoleForesight: Sendable {
    /// The operation, with the item in its path.
    public let operation: ConsoleOperation
    /// The part of its answer that is about this action.
    public let part: String
    /// The fields of that part which are shown, where they are there.
    public let fields: [String]
    /// What is said when none of them is there.
    public let otherwise: ConsoleText

    /// Describes what says it.
    public init(_ operation: ConsoleOperation, part: String, fields: String..., otherwise: ConsoleText) {
        self.operation = operation
        self.part = part
        self.fields = fields
        self.otherwise = otherwise
    }
}
