public import AlmanacKernel

/// The operation of an endpoint, to which the console refers: by its name, or by the value that the endpoint was made
/// from.
public struct ConsoleOperation: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The permanent name: `reviews.list`.
    public let name: String

    /// The operation of this name.
    public init(_ name: String) { self.name = name }
    /// The operation of this name.
    public init(stringLiteral name: String) { self.name = name }
    /// The operation of an endpoint that reads.
    public init<Input, Output>(_ query: Query<Input, Output>) { self.name = query.name }
    /// The operation of an endpoint that changes something.
    public init<Input, Output>(_ command: Command<Input, Output>) { self.name = command.name }
}
