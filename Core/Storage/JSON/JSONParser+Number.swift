extension JSONParser {
    /// The largest power of ten, up or down, that a number may state: a little beyond what a double reaches.
    ///
    /// PostgreSQL refuses some exponents of six digits, and a document that only one engine stores is no good.
    private static var largestExponent: Int { 400 }

    /// A number that is the whole text.
    mutating func wholeNumber() throws(JSONError) -> JSONNumber {
        let number = try self.number()
        guard self.position == self.bytes.count else { throw self.failure(.textAfterDocument) }
        return number
    }

    mutating func number() throws(JSONError) -> JSONNumber {
        let start = self.position
        if self.next == UInt8(ascii: "-") { self.position += 1 }
        if self.next == UInt8(ascii: "0") {
            self.position += 1
            if self.nextIsDigit { throw self.failure(.invalidNumber) }
        } else {
            try self.digits()
        }
        if self.next == UInt8(ascii: ".") {
            self.position += 1
            try self.digits()
        }
        var exponent = 0
        if let byte = self.next, byte | 0x20 == UInt8(ascii: "e") {
            self.position += 1
            exponent = try self.exponent()
        }
        guard self.position - start <= self.limits.numberLength, exponent <= Self.largestExponent else {
            throw JSONError(.numberOutOfRange, offset: start)
        }
        let spelling = try self.text(from: start, to: self.position)
        // Without an exponent it is at most as long as the limit allows, far from the end of the range.
        if exponent != 0 || self.position - start > 300, Double(spelling)?.isFinite != true {
            throw JSONError(.numberOutOfRange, offset: start)
        }
        return JSONNumber(checked: spelling)
    }

    var nextIsDigit: Bool {
        guard let byte = self.next else { return false }
        return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private mutating func digits() throws(JSONError) {
        guard self.nextIsDigit else { throw self.failure(.invalidNumber) }
        while self.nextIsDigit { self.position += 1 }
    }

    /// The size of the exponent without its sign, or something above the limit when it is longer than that.
    private mutating func exponent() throws(JSONError) -> Int {
        if let byte = self.next, byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { self.position += 1 }
        let start = self.position
        try self.digits()
        var size = 0
        for index in start..<self.position where size <= Self.largestExponent {
            size = size * 10 + Int(self.bytes[index] - UInt8(ascii: "0"))
        }
        return size
    }
}
