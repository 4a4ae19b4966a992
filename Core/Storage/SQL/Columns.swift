/// Column names of a record, in the order in which its initializer reads them.
public struct Columns: Sendable, ExpressibleByArrayLiteral {
    /// The names, in order.
    public let names: [String]
    let list: String

    /// Makes a list from literal names.
    public init(arrayLiteral elements: StaticString...) {
        self.init(elements.map { "\($0)" })
    }

    private init(_ names: [String]) {
        self.names = names
        self.list = names.joined(separator: ", ")
    }

    /// The same columns of one table of a join.
    ///
    /// - Parameter alias: The name under which the table stands in the statement.
    /// - Returns: The columns as `alias.column`, in the same order.
    public func qualified(by alias: StaticString) -> Columns {
        Columns(self.names.map { "\(alias).\($0)" })
    }
}
