/// A later statement of a transaction in which an earlier one had failed.
public struct TransactionFailed: Error, CustomStringConvertible {
    /// Why the earlier statement failed.
    public let cause: any Error

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { "the transaction had already failed: \(self.cause)" }

    /// The first failure behind any number of wrappings.
    static func root(of error: any Error) -> any Error {
        var error = error
        while let failed = error as? TransactionFailed { error = failed.cause }
        return error
    }
}
