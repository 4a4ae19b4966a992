/// Text as quoted-printable (RFC 2045 §6.7): survives every mail server, lines of at most 76 characters.
enum QuotedPrintable {
    private static let longestLine = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Encodes a text whose lines end with LF, CR or CRLF; each line of the result ends with CRLF.
    static func encode(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count + text.utf8.count / 8)
        for line in self.lines(Array(text.utf8)) {
            self.append(line, to: &out)
            out += [0x0D, 0x0A]
        }
        return out
    }

    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x0A || byte == 0x0D else {
                index += 1
                continue
            }
            lines.append(bytes[start..<index])
            index += byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
            start = index
        }
        if start < bytes.count { lines.append(bytes[start...]) }
        return lines
    }

    private static func append(_ line: ArraySlice<UInt8>, to out: inout [UInt8]) {
        var column = 0
        for (index, byte) in zip(line.indices, line) {
            let isLast = index == line.endIndex - 1
            let isPlain = self.isPlain(byte, atStart: column == 0, atEnd: isLast)
            let width = isPlain ? 1 : 3
            // The last column of a line that goes on is for the `=` that says so.
            if column + width > (isLast ? self.longestLine : self.longestLine - 1) {
                out += [UInt8(ascii: "="), 0x0D, 0x0A]
                column = 0
            }
            if isPlain {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "="), self.digits[Int(byte >> 4)], self.digits[Int(byte & 15)]]
            }
            column += width
        }
    }

    /// Whether a byte stands for itself.
    ///
    /// White space at the end of a line may get lost; a point at its start is a sign of SMTP, and the F of `From ` one
    /// of mailboxes: old software confuses them.
    private static func isPlain(_ byte: UInt8, atStart: Bool, atEnd: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "="): false
        case UInt8(ascii: "."), UInt8(ascii: "F"): !atStart
        case 0x20, 0x09: !atEnd
        default: (0x21...0x7E).contains(byte)
        }
    }
}
