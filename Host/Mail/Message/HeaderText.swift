internal import AlmanacKernel
internal import Foundation

/// Text in header fields: what is not plain ASCII as encoded words (RFC 2047), no line longer than 76 characters.
enum HeaderText {
    /// A line with encoded words has at most 76 characters (RFC 2047 §2): ten for the name of the field, twelve around
    /// a word, and 52 of Base64.
    private static let bytesInAWord = 39
    private static let longestLine = 76

    /// Whether a text fits into a header field at all: nothing in it could end the line or steer a terminal.
    static func isOneLine(_ text: some StringProtocol) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }

    /// A field with unstructured text, as `Subject`.
    ///
    /// - Throws: ``AlmanacKernel/MailDeliveryError`` when the text is not one line.
    static func field(_ name: String, _ text: String) throws -> String {
        self.fold(name, self.words(try self.line(text, in: name)))
    }

    /// A field with one address and its name, as `From`.
    ///
    /// - Throws: ``AlmanacKernel/MailDeliveryError`` when the name is not one line.
    static func field(_ name: String, _ mailbox: Mailbox) throws -> String {
        guard let display = mailbox.name else { return "\(name): \(mailbox.address.text)\r\n" }
        _ = try self.line(display, in: name)
        let phrase = self.isPlain(display) ? [self.quoted(display)] : self.encoded(display)
        return self.fold(name, phrase + ["<\(mailbox.address.text)>"])
    }

    private static func line(_ text: String, in name: String) throws -> String {
        guard self.isOneLine(text) else { throw MessageFault.notOneLine(name) }
        return text
    }

    private static func words(_ text: String) -> [String] {
        guard self.isPlain(text), !text.utf8.contains(where: { $0 == UInt8(ascii: "=") }) else {
            return self.encoded(text)
        }
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        // White space at an edge or in a row would not survive folding; a word too long for a line cannot be folded.
        let isFoldable = words.allSatisfy { (1...64).contains($0.utf8.count) }
        return isFoldable || text.isEmpty ? words : self.encoded(text)
    }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } }

    /// A quoted-string (RFC 5322 §3.2.4).
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result.unicodeScalars.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }

    /// Encoded words, none of which parts a character (RFC 2047 §5).
    private static func encoded(_ text: String) -> [String] {
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > self.bytesInAWord { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }
    }

    private static func fold(_ name: String, _ words: [String]) -> String {
        var field = "\(name):"
        var column = field.utf8.count
        for (index, word) in words.enumerated() {
            if index > 0, column + 1 + word.utf8.count > self.longestLine {
                field += "\r\n"
                column = 0
            }
            field += " " + word
            column += 1 + word.utf8.count
        }
        return field + "\r\n"
    }
}
