extension JSONNumber {
    /// The spelling that RFC 8785 prescribes, so that equal values become equal bytes.
    ///
    /// Numbers are spelled as ECMAScript does, from the nearest double. Integers that fit 64 bits stay exact: beyond
    /// 2⁵³ RFC 8785 would round them, which would let two different amounts have one hash.
    var canonicalSpelling: String {
        if let integer = self.int64 { return String(integer) }
        return Self.shortest(self.double)
    }

    /// A finite double as ECMAScript's `Number::toString` spells it (ECMA-262, 6.1.6.1.20).
    static func shortest(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        let (digits, point) = Self.decimal(value.magnitude)
        let sign = value < 0 ? "-" : ""
        let count = digits.count
        switch point {
        case count...21 where count <= 21:
            return sign + digits + String(repeating: "0", count: point - count)
        case 1...21:
            return sign + digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0:
            return sign + "0." + String(repeating: "0", count: -point) + digits
        default:
            let exponent = point - 1
            let fraction = count > 1 ? "." + digits.dropFirst() : ""
            return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + String(exponent.magnitude)
        }
    }

    /// The shortest digits that read back as `value`, and where the decimal point stands: 0.DIGITS × 10^point.
    private static func decimal(_ value: Double) -> (digits: String, point: Int) {
        // Swift prints the shortest digits too, only arranged in another way: `1234.5`, `1e-07`, `1.5e+300`.
        let parts = value.description.split(separator: "e")
        let mantissa = (parts.first ?? "0").split(separator: ".")
        let whole = mantissa.first ?? "0"
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let all = whole + fraction
        let leading = all.prefix { $0 == "0" }.count
        var digits = all.dropFirst(leading)
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), whole.count + exponent - leading)
    }
}
