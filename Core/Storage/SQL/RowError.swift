/// A row cannot be read as asked: the schema and the record that reads it disagree.
public struct RowError: Error, CustomStringConvertible {
    /// What was expected and what was found.
    public let description: String

    /// Makes an error with a sentence for the developer.
    public init(_ description: String) {
        self.description = description
    }
}
