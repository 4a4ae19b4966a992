/// One property of iCalendar as RFC 5545 §3.1 divides it: `NAME;PARAMETER=VALUE:VALUE`.
struct ICalendarProperty {
    /// In upper case.
    let name: String
    /// By name in upper case; quotation marks are taken off.
    let parameters: [String: String]
    let value: [UInt8]
    /// Where the name and the value begin in the text, from 1.
    let position: Int
    let valuePosition: Int

    /// The properties of a text.
    ///
    /// - Throws: ``RecurrenceError`` with code `malformed` or `tooLong`.
    static func properties(of text: String) throws(RecurrenceError) -> [Self] {
        guard text.utf8.count <= Self.longestText else {
            throw RecurrenceError(.tooLong, "a series has at most \(Self.longestText) bytes of text")
        }
        var properties: [Self] = []
        for (bytes, position) in Self.unfolded(Array(text.utf8)) where !bytes.isEmpty {
            properties.append(try Self(bytes, position))
        }
        return properties
    }

    /// A thousand excluded times, and room to spare.
    private static let longestText = 100_000

    /// Lines without their ends; what begins with a space or a tab continues the line before (RFC 5545 §3.1).
    private static func unfolded(_ text: [UInt8]) -> [(bytes: [UInt8], position: Int)] {
        var lines: [(bytes: [UInt8], position: Int)] = []
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            let line = text[start..<(end > start && text[end - 1] == 0x0D ? end - 1 : end)]
            if let first = line.first, first == 0x20 || first == 0x09, !lines.isEmpty {
                lines[lines.count - 1].bytes += line.dropFirst()
            } else {
                lines.append((Array(line), start + 1))
            }
            start = end + 1
        }
        return lines
    }

    /// Reads a line that is unfolded and has no end.
    ///
    /// - Throws: ``RecurrenceError`` with code `malformed`.
    init(_ line: [UInt8], _ position: Int = 1) throws(RecurrenceError) {
        var pieces: [Range<Int>] = []
        var start = 0
        var isQuoted = false
        var colon: Int?
        for (index, byte) in line.enumerated() {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard !isQuoted, byte == UInt8(ascii: ";") || byte == UInt8(ascii: ":") else { continue }
            pieces.append(start..<index)
            start = index + 1
            if byte == UInt8(ascii: ":") {
                colon = index
                break
            }
        }
        guard let colon else {
            throw RecurrenceError(
                .malformed, at: position, "the line is no property; write NAME:VALUE, as RRULE:FREQ=…")
        }
        var parameters: [String: String] = [:]
        for piece in pieces.dropFirst() {
            guard let equals = line[piece].firstIndex(of: UInt8(ascii: "=")) else {
                throw RecurrenceError(.malformed, at: position + piece.lowerBound, "a parameter is NAME=VALUE")
            }
            let value = line[equals + 1..<piece.upperBound].filter { $0 != UInt8(ascii: "\"") }
            parameters[Self.upper(line[piece.lowerBound..<equals])] = String(decoding: value, as: UTF8.self)
        }
        self.name = Self.upper(line[pieces[0]])
        self.parameters = parameters
        self.value = Array(line[(colon + 1)...])
        self.position = position
        self.valuePosition = position + colon + 1
    }

    private static func upper(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix(40), as: UTF8.self).uppercased()
    }
}
