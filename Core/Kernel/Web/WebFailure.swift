/// A server could not be asked, or its answer could not be taken.
public struct WebFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for programs.
    public enum Code: String, Sendable, CaseIterable {
        /// The address leads to a place that strangers' addresses must not lead to.
        case addressRefused = "address_refused"
        /// A password would travel where everybody can read it.
        case unencrypted
        /// There is no such host, or it does not answer.
        case unreachable
        /// It did not answer in time.
        case timedOut = "timed_out"
        /// It answers more than is taken.
        case tooLarge = "too_large"
        /// It leads from one address to the next.
        case tooManyRedirects = "too_many_redirects"
    }

    /// What went wrong.
    public let code: Code
    /// The same for people: no path, no query, no password.
    public let description: String

    /// Describes a failure.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
