public import AlmanacStorage

/// The permanent name of a way to reach people: a letter, then up to 39 letters and digits of ASCII.
public struct ChannelID: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name.
    public let name: String

    /// Names a channel; assembly refuses a name that is not well formed.
    public init(stringLiteral value: String) { self.name = value }

    /// Names a channel by text from a request or a column.
    public init(_ name: String) { self.name = name }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { self.name }

    /// The inbox that every user has in the program itself.
    public static let inApp: ChannelID = "inApp"
    /// Mail to the person's address.
    public static let email: ChannelID = "email"

    package var isWellFormed: Bool {
        func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
        guard let first = self.name.utf8.first, isLetter(first), self.name.utf8.count <= 40 else { return false }
        return self.name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
    }
}

extension ChannelID: ColumnValue {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var sqlValue: SQLValue { .text(self.name) }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(column row: inout RowReader) throws { self.name = try row.nextText() }
}
