public import AlmanacKernel

/// A name with an e-mail address: `Fahrschule Lindenhof <office@lindenhof.example>`.
public struct Mailbox: Sendable, Equatable, CustomStringConvertible {
    /// The name for people, without line breaks; `nil` when there is only an address.
    public let name: String?
    /// The address.
    public let address: EmailAddress

    /// Reads `Name <address>`, `"Name" <address>` or an address alone.
    ///
    /// - Returns: `nil` when the address is none, or the name holds a line break or another control character.
    public init?(_ text: String) {
        let trimmed = Self.trim(text[...])
        guard trimmed.utf8.last == UInt8(ascii: ">"), let open = trimmed.lastIndex(of: "<") else {
            guard let address = try? EmailAddress(String(trimmed)) else { return nil }
            self.name = nil
            self.address = address
            return
        }
        let inner = trimmed[trimmed.index(after: open)...].dropLast()
        guard let address = try? EmailAddress(String(inner)) else { return nil }
        var name = Self.trim(trimmed[..<open])
        if name.utf8.count >= 2, name.utf8.first == UInt8(ascii: "\""), name.utf8.last == UInt8(ascii: "\"") {
            name = name.dropFirst().dropLast()
        }
        guard HeaderText.isOneLine(name) else { return nil }
        self.name = name.isEmpty ? nil : String(name)
        self.address = address
    }

    /// An address without a name.
    public init(_ address: EmailAddress) {
        self.name = nil
        self.address = address
    }

    /// As it is written in a manifest.
    public var description: String { self.name.map { "\($0) <\(self.address.text)>" } ?? self.address.text }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while text.utf8.first == UInt8(ascii: " ") { text = text.dropFirst() }
        while text.utf8.last == UInt8(ascii: " ") { text = text.dropLast() }
        return text
    }

    /// Compares names by their bytes.
    public static func == (left: Self, right: Self) -> Bool {
        left.description.utf8.elementsEqual(right.description.utf8)
    }
}
