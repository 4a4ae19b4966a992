extension JSONParser {
    /// A string, from its opening to behind its closing quote.
    mutating func string() throws(JSONError) -> String {
        self.position += 1
        let start = self.position
        try self.skipPlain()
        guard self.next != UInt8(ascii: "\"") else {
            defer { self.position += 1 }
            return try self.text(from: start, to: self.position)
        }
        return try self.escapedString(from: start)
    }

    /// The bytes of the document between two places, as text.
    func text(from start: Int, to end: Int) throws(JSONError) -> String {
        do {
            return String(copying: try UTF8Span(validating: self.bytes.extracting(start..<end)))
        } catch {
            throw JSONError(.invalidUTF8, offset: start + error.byteOffsets.lowerBound)
        }
    }

    /// Goes on to the next quote or backslash.
    private mutating func skipPlain() throws(JSONError) {
        while let byte = self.next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            guard byte >= 0x20 else { throw self.failure(byte == 0 ? .nulCharacter : .controlCharacter) }
            self.position += 1
        }
        guard self.position < self.bytes.count else { throw self.failure(.unexpectedEnd) }
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var text = try self.text(from: start, to: self.position)
        while self.next == UInt8(ascii: "\\") {
            text.unicodeScalars.append(try self.escape())
            let plain = self.position
            try self.skipPlain()
            text += try self.text(from: plain, to: self.position)
        }
        self.position += 1
        return text
    }

    /// What an escape stands for, from its backslash to behind its last character.
    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let start = self.position
        self.position += 1
        guard let letter = self.next else { throw self.failure(.unexpectedEnd) }
        self.position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try self.unicodeEscape(from: start)
        default: throw JSONError(.invalidEscape, offset: start)
        }
    }

    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let unit = try self.hexDigits(from: start)
        guard unit != 0 else { throw JSONError(.nulCharacter, offset: start) }
        guard unit & 0xFC00 == 0xD800 else {
            guard let scalar = Unicode.Scalar(unit) else { throw JSONError(.loneSurrogate, offset: start) }
            return scalar
        }
        // The first half of a pair: the second must follow at once.
        let pair = self.position
        for byte in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
            guard let next = self.next else { throw self.failure(.unexpectedEnd) }
            guard next == byte else { throw JSONError(.loneSurrogate, offset: start) }
            self.position += 1
        }
        let low = try self.hexDigits(from: pair)
        guard low & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)))
        else {
            throw JSONError(.loneSurrogate, offset: start)
        }
        return scalar
    }

    private mutating func hexDigits(from start: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = self.next else { throw self.failure(.unexpectedEnd) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw JSONError(.invalidEscape, offset: start)
            }
            unit = unit << 4 | UInt32(digit)
            self.position += 1
        }
        return unit
    }
}
