/// Why a text is no ``EmailAddress``.
public enum EmailAddressError: String, Error, Sendable, Hashable, CustomStringConvertible {
    /// Longer than 254 bytes.
    case tooLong
    /// A space, a control character or another one that nobody sees.
    case invisibleCharacter
    /// No `@`, or more than one.
    case notOneAt
    /// More than 64 bytes before the `@`.
    case localPartTooLong
    /// Nothing before the `@`, a misplaced dot, or a character that must not be there.
    case invalidLocalPart
    /// Not a domain name with a dot, nor `localhost`.
    case invalidDomain

    /// What is wrong, for people.
    public var description: String {
        switch self {
        case .tooLong: "the e-mail address is longer than 254 bytes"
        case .invisibleCharacter: "the e-mail address contains a space or an invisible character"
        case .notOneAt: "an e-mail address has exactly one @"
        case .localPartTooLong: "the part of the e-mail address before the @ is longer than 64 bytes"
        case .invalidLocalPart: "the part of the e-mail address before the @ is not valid"
        case .invalidDomain: "the e-mail address has no valid domain after the @, as example.org"
        }
    }
}
