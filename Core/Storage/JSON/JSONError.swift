/// Why bytes are not a JSON document that we accept, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, for programs.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String {
            case controlCharacter = "control_character"
            case duplicateKey = "duplicate_key"
            case invalidEscape = "invalid_escape"
            case invalidNumber = "invalid_number"
            case invalidUTF8 = "invalid_utf8"
            case loneSurrogate = "lone_surrogate"
            case nulCharacter = "nul_character"
            case numberOutOfRange = "number_out_of_range"
            case textAfterDocument = "text_after_document"
            case tooDeep = "too_deep"
            case unexpectedByte = "unexpected_byte"
            case unexpectedEnd = "unexpected_end"
        }
        private let base: Base
        /// The stable spelling, in snake case.
        public var description: String { self.base.rawValue }

        /// A control character stands unescaped inside a string.
        public static let controlCharacter = Self(base: .controlCharacter)
        /// An object has the same key twice, compared byte by byte after unescaping.
        public static let duplicateKey = Self(base: .duplicateKey)
        /// A backslash is followed by something RFC 8259 does not know.
        public static let invalidEscape = Self(base: .invalidEscape)
        /// A number is not spelled as RFC 8259 asks: `01`, `1.`, `-`, `1e`.
        public static let invalidNumber = Self(base: .invalidNumber)
        /// A string is not UTF-8.
        public static let invalidUTF8 = Self(base: .invalidUTF8)
        /// An escape names one half of a surrogate pair only.
        public static let loneSurrogate = Self(base: .loneSurrogate)
        /// A string holds U+0000, which neither database can be trusted to keep.
        public static let nulCharacter = Self(base: .nulCharacter)
        /// A number is longer than the limit, or larger than a binary double can be.
        public static let numberOutOfRange = Self(base: .numberOutOfRange)
        /// Something other than white space follows the document.
        public static let textAfterDocument = Self(base: .textAfterDocument)
        /// More arrays and objects are open at once than the limits allow.
        public static let tooDeep = Self(base: .tooDeep)
        /// The grammar does not allow this byte here.
        public static let unexpectedByte = Self(base: .unexpectedByte)
        /// The document ends in the middle.
        public static let unexpectedEnd = Self(base: .unexpectedEnd)

        /// What happened, as the middle of a sentence.
        var sentence: String {
            switch self.base {
            case .controlCharacter: "a control character inside a string must be written as an escape"
            case .duplicateKey: "the object has this key already"
            case .invalidEscape: "after a backslash stands one of \" \\ / b f n r t, or u and four hex digits"
            case .invalidNumber: "this is no JSON number"
            case .invalidUTF8: "the text is not UTF-8"
            case .loneSurrogate: "half of a surrogate pair stands alone"
            case .nulCharacter: "text may not hold the character U+0000"
            case .numberOutOfRange: "the number is too long or too large"
            case .textAfterDocument: "there is more after the end of the document"
            case .tooDeep: "arrays and objects are nested too deeply"
            case .unexpectedByte: "this byte is not expected here"
            case .unexpectedEnd: "the document ends too early"
            }
        }
    }

    /// What is wrong.
    public let code: Code
    /// The byte at which it is wrong, counted from 0.
    public let offset: Int

    /// States what is wrong and where.
    public init(_ code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    /// One sentence for a person.
    public var description: String { "byte \(self.offset): \(self.code.sentence)" }
}
