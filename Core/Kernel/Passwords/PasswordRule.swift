internal import Foundation

/// What a password must be like (NIST SP 800-63B-4 §3.1.1.2): long rather than complicated, and not one that everybody
/// tries first.
///
/// Any character counts, and each Unicode scalar counts as one; nothing is cut off. Passwords are compared in
/// Normalization Form C, as the standard advises, because keyboards differ in how they compose a letter: the length is
/// that of the normalized form.
public enum PasswordRule {
    /// The least number of Unicode scalars where the password alone lets somebody in.
    public static let minimum = 15
    /// The least number of Unicode scalars where a second factor is asked for besides.
    public static let minimumWithSecondFactor = 8
    /// The greatest number of UTF-8 bytes: beyond it hashing would be a way to keep the server busy.
    public static let maximumBytes = 1_024

    /// Refuses a password that will not do.
    ///
    /// - Parameters:
    ///   - password: As the user wrote it.
    ///   - context: What everybody knows about the account.
    ///   - hasSecondFactor: Whether the password alone never lets its owner in.
    ///   - pointer: Where it stands in the input.
    /// - Throws: ``Refusal`` of kind `invalid` that says what to change: `password_too_short`, `password_too_long`,
    ///   `password_common` or `password_guessable`.
    public static func check(
        _ password: String, for context: PasswordContext = .product, hasSecondFactor: Bool = false,
        pointer: String = "/password"
    ) throws {
        // Before anything else: the rest takes time that grows with the length.
        if password.utf8.count > Self.maximumBytes {
            throw Refusal.invalid(pointer, "password_too_long", "a password has at most \(Self.maximumBytes) bytes")
        }
        let minimum = hasSecondFactor ? Self.minimumWithSecondFactor : Self.minimum
        if password.precomposedStringWithCanonicalMapping.unicodeScalars.count < minimum {
            throw Refusal.invalid(
                pointer, "password_too_short",
                "a password has at least \(minimum) characters: a few words that you can remember are best")
        }
        switch PasswordBlocklist(context).reason(toRefuse: password) {
        case .common:
            throw Refusal.invalid(
                pointer, "password_common",
                "this is one of the passwords that are tried first, or made of one: a few words that do not belong "
                    + "together are better")
        case .context:
            throw Refusal.invalid(
                pointer, "password_guessable",
                "this is made of your name, your address or the name of the organization: choose words that nobody "
                    + "expects of you")
        case nil: return
        }
    }
}
