/// A rule of a schedule cannot be read.
public struct CronError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, where, and what would be right.
    public let description: String

    init(_ description: String) { self.description = description }
}
