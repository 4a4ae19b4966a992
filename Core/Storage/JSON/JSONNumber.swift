/// A JSON number in the spelling in which it came.
///
/// It is always finite and within the range of a binary double, but may have more digits than one can hold. Two numbers
/// are equal when they are spelled alike.
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
    /// The number as RFC 8259 spells it.
    public let spelling: String

    /// An integer.
    public init(_ value: some FixedWidthInteger) { self.spelling = String(value) }

    /// A double in the spelling of ECMAScript, or `nil` when it is infinite or not a number.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        self.spelling = Self.shortest(value)
    }

    /// A number from its spelling, or `nil` when RFC 8259 does not allow it or it is out of range.
    ///
    /// - Parameters:
    ///   - spelling: The whole text; no white space, no leading `+`, no leading zeros.
    ///   - limits: How long it may be.
    public init?(spelling: String, limits: JSONLimits = .default) {
        var parser = JSONParser(spelling.utf8.span, limits: limits)
        guard let number = try? parser.wholeNumber() else { return nil }
        self = number
    }

    /// For the parser, which has checked the grammar.
    init(checked spelling: String) { self.spelling = spelling }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { self.spelling }

    /// Whether it is spelled as an integer, without fraction and exponent.
    ///
    /// `1.0` is not, whatever its value.
    public var isInteger: Bool { !self.spelling.utf8.contains { $0 == 0x2E || $0 | 0x20 == 0x65 } }

    /// The value, when it is spelled as an integer and fits.
    public var int64: Int64? { self.isInteger ? Int64(self.spelling) : nil }

    /// The nearest double; exact for integers up to 2⁵³.
    public var double: Double { Double(self.spelling) ?? 0 }
}
