/// A test cannot be carried out: something around it is missing or misbehaves.
public struct TestKitError: Error, CustomStringConvertible {
    /// What is wrong and what to do about it.
    public let description: String

    /// Says what is wrong.
    ///
    /// - Parameter description: What is wrong and what to do about it.
    public init(_ description: String) {
        self.description = description
    }
}
