/// How much a JSON document may ask of its reader.
///
/// The size of the whole document is the business of whoever receives the bytes.
public struct JSONLimits: Sendable, Equatable {
    /// The deepest nesting any caller may allow.
    ///
    /// Parsing, comparing, writing and releasing a document recurse once a level, so this bounds the stack they need.
    public static let deepest = 256

    /// 64 levels, numbers of 64 characters.
    public static let `default` = JSONLimits()

    /// How many arrays and objects may be open at once, 0…``deepest``.
    public let depth: Int

    /// How many characters one number may have.
    public let numberLength: Int

    /// Sets limits; what lies outside the allowed range is moved to its nearer end.
    ///
    /// - Parameters:
    ///   - depth: How many arrays and objects may be open at once, 0…``deepest``.
    ///   - numberLength: How many characters one number may have, 1…1,000.
    public init(depth: Int = 64, numberLength: Int = 64) {
        self.depth = min(max(depth, 0), Self.deepest)
        self.numberLength = min(max(numberLength, 1), 1_000)
    }
}
