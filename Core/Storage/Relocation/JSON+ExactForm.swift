extension JSON {
    /// Reads a document from a column: what was accepted once can be read, whatever the limits were.
    package init(stored text: String) throws {
        self = try JSON(parsing: text, limits: JSONLimits(depth: JSONLimits.deepest, numberLength: 1_000))
    }

    /// The document as bytes that are equal exactly when two documents mean the same.
    ///
    /// Unlike ``canonical`` it keeps every digit of a number: `1.10` and `1.1` are one number,
    /// `0.1000000000000000001` is another. PostgreSQL's `jsonb` spells numbers and orders members in its own way.
    var exactForm: [UInt8] {
        var bytes: [UInt8] = []
        self.appendExactForm(to: &bytes)
        return bytes
    }

    private func appendExactForm(to bytes: inout [UInt8]) {
        switch self {
        case .null, .bool, .string: bytes += self.serialized
        case .number(let number): bytes += number.exactSpelling.utf8
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for item in items {
                item.appendExactForm(to: &bytes)
                bytes.append(UInt8(ascii: ","))
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            let members = object.members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            for member in members {
                bytes += JSON.string(member.name).serialized
                bytes.append(UInt8(ascii: ":"))
                member.value.appendExactForm(to: &bytes)
                bytes.append(UInt8(ascii: ","))
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}

extension JSONNumber {
    /// The number as digits without zeros at either end and a power of ten: `1.50e3` is `15e2`.
    fileprivate var exactSpelling: String {
        let text = Array(self.spelling.utf8)
        let isNegative = text.first == UInt8(ascii: "-")
        let parts = text.drop { $0 == UInt8(ascii: "-") }.split(maxSplits: 1, omittingEmptySubsequences: false) {
            $0 | 0x20 == UInt8(ascii: "e")
        }
        let mantissa = (parts.first ?? []).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let fraction = mantissa.count > 1 ? Array(mantissa[1]) : []
        var digits = Array(Array(mantissa.first ?? []) + fraction).drop { $0 == UInt8(ascii: "0") }
        guard !digits.isEmpty else { return "0" }
        // Out of range is nothing that the parser accepts.
        let written = parts.count > 1 ? Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 : 0
        var exponent = written - fraction.count
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        return (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self) + "e\(exponent)"
    }
}
