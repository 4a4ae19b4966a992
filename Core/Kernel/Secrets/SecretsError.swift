/// Something encrypted cannot be had, or the keys cannot.
///
/// Its words are for the operator: they name keys and places, never a key or a value.
public struct SecretsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for programs.
    public enum Code: Sendable, Equatable {
        /// There are no keys at all.
        case noKeys
        /// The keys cannot be read as they are kept.
        case badKeys
        /// A value was sealed with a key that the ring does not hold.
        case unknownKey(KeyID)
        /// What is stored was not sealed for this place, or has been changed.
        case unreadable
        /// A place was named otherwise than its column is declared: a mistake of ours.
        case wrongPlace
    }

    /// What went wrong, for programs.
    public let code: Code
    /// What happened, where, and what to do.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
