/// What a password must be like (NIST SP 800-63B-4): long rather than complicated.
public enum PasswordRule {
    /// The least number of Unicode scalars.
    public static let minimum = 15
    /// The greatest number of UTF-8 bytes: beyond it hashing would be a way to keep the server busy.
    public static let maximumBytes = 1_024

    /// - Throws: ``Refusal`` of kind `invalid` that says what to change.
    public static func check(_ password: String, pointer: String = "/password") throws {
        if password.unicodeScalars.count < Self.minimum {
            throw Refusal.invalid(
                pointer, "password_too_short",
                "a password has at least \(Self.minimum) characters: a few words that you can remember are best")
        }
        if password.utf8.count > Self.maximumBytes {
            throw Refusal.invalid(pointer, "password_too_long", "a password has at most \(Self.maximumBytes) bytes")
        }
    }
}
