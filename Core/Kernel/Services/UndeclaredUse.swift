/// A plugin used something that its declaration does not mention: a mistake of its author.
public struct UndeclaredUse: Error, CustomStringConvertible {
    /// What was used and what to add to the declaration.
    public let description: String

    init(_ description: String) { self.description = description }
}
