/// Fixed-width decimal fields of ISO 8601 text, read and written as bytes.
enum ASCIIDigits {
    /// Writes `value` as two digits.
    ///
    /// - Parameters:
    ///   - value: 0…99.
    ///   - index: Where the first digit goes.
    ///   - buffer: Has at least two bytes from `index` on.
    @inline(__always)
    static func put2(_ value: Int, at index: Int, in buffer: UnsafeMutableBufferPointer<UInt8>) {
        buffer[index] = 0x30 &+ UInt8(truncatingIfNeeded: value / 10)
        buffer[index + 1] = 0x30 &+ UInt8(truncatingIfNeeded: value % 10)
    }

    /// Writes a date as `YYYY-MM-DD`, ten bytes from the start of `buffer`.
    @inline(__always)
    static func putDate(days: Int, in buffer: UnsafeMutableBufferPointer<UInt8>) {
        let (year, month, day) = CivilCalendar.date(days: days)
        Self.put2(year / 100, at: 0, in: buffer)
        Self.put2(year % 100, at: 2, in: buffer)
        buffer[4] = UInt8(ascii: "-")
        Self.put2(month, at: 5, in: buffer)
        buffer[7] = UInt8(ascii: "-")
        Self.put2(day, at: 8, in: buffer)
    }

    /// Reads `count` digits from `index` on.
    ///
    /// - Returns: `nil` when the text ends before or one of the bytes is no digit.
    static func number(_ text: Span<UInt8>, at index: Int, count: Int) -> Int? {
        guard index + count <= text.count else { return nil }
        var value = 0
        for position in index..<index + count {
            let digit = text[position] &- 0x30
            guard digit <= 9 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// Reads `YYYY-MM-DD` from the first ten bytes, as days since 1970-01-01.
    ///
    /// - Returns: `nil` when the text is shaped otherwise or there is no such day in the years 0001…9999.
    static func days(_ text: Span<UInt8>) -> Int? {
        guard
            let year = Self.number(text, at: 0, count: 4), text.count >= 10, text[4] == UInt8(ascii: "-"),
            let month = Self.number(text, at: 5, count: 2), text[7] == UInt8(ascii: "-"),
            let day = Self.number(text, at: 8, count: 2),
            year >= 1, day >= 1, day <= CivilCalendar.length(ofMonth: month, year: year)
        else { return nil }
        return CivilCalendar.days(year: year, month: month, day: day)
    }
}
