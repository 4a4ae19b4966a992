/// Something that is done with an item: an endpoint that changes something, with the item in its path.
///
/// The fields of its input that are not in the path become a form, which is shown with the question.
public struct ConsoleAction: Sendable {
    /// The operation.
    public let operation: ConsoleOperation
    /// What stands on the button.
    public let title: ConsoleText
    /// What is asked before it is done; whether at all, when `nil`, depends on the rest: what takes input or destroys
    /// something is never done at once.
    public let question: ConsoleText?
    /// Whether something is lost by it.
    public let isDestructive: Bool
    /// What the item's `allowed` says where it may be done; the last part of the operation's name when `nil`.
    public let allowed: String?
    /// Whether it may be done with several items at once, each by a call of its own.
    public let isBulk: Bool
    /// What says beforehand what would come of it.
    public let foresight: ConsoleForesight?

    /// Describes an action.
    public init(
        _ operation: ConsoleOperation, _ title: ConsoleText, asking question: ConsoleText? = nil,
        isDestructive: Bool = false, allowed: String? = nil, isBulk: Bool = false,
        foreseen foresight: ConsoleForesight? = nil
    ) {
        self.operation = operation
        self.title = title
        self.question = question
        self.isDestructive = isDestructive
        self.allowed = allowed
        self.isBulk = isBulk
        self.foresight = foresight
    }

    /// The name in addresses: the last part of the operation's.
    var name: String { self.operation.name.split(separator: ".").last.map(String.init) ?? self.operation.name }
}

/// A part of the page of one item.
public struct ConsolePanel: Sendable {
    /// What stands above it; nothing when `nil`.
    public let title: ConsoleText?
    /// The fields, in order; of a list the columns.
    public let fields: [ConsoleColumn]
    /// The list that it shows, by an operation with the item in its path; fields of the item itself when `nil`.
    public let list: ConsoleOperation?

    /// Fields of the item.
    public init(_ title: ConsoleText? = nil, _ fields: ConsoleColumn...) {
        self.title = title
        self.fields = fields
        self.list = nil
    }

    /// A list that belongs to the item: what happened to it, who takes part.
    public init(_ title: ConsoleText, list: ConsoleOperation, _ columns: ConsoleColumn...) {
        self.title = title
        self.fields = columns
        self.list = list
    }
}
