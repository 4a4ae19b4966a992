/// A mail was not taken.
public struct MailDeliveryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whether the same mail will be refused however often it is sent.
    public let isPermanent: Bool
    /// Why, for operators and logs: it names no recipient and shows nothing of the content and of passwords.
    public let reason: String

    /// Describes a failure.
    public init(isPermanent: Bool, reason: String) {
        self.isPermanent = isPermanent
        self.reason = reason
    }

    /// The same as ``reason``.
    public var description: String { self.reason }
}
