extension Instant {
    /// The instant as RFC 3339 text in UTC, as `2026-03-01T10:00:00Z`.
    ///
    /// A fraction of a second is written only when there is one, without trailing zeros. The text has four digits for
    /// the year: an instant before ``distantPast`` or after ``distantFuture`` is written as that one.
    public var rfc3339: String {
        String(unsafeUninitializedCapacity: Self.longestText) { self.write(to: $0) }
    }

    /// Appends ``rfc3339`` to a buffer of UTF-8, without a string in between.
    ///
    /// A list of free slots writes thousands of instants an answer.
    public func appendRFC3339(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.longestText) { buffer in
            let count = self.write(to: buffer)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Reads RFC 3339 text with any offset, as `2026-03-01T11:00:00.25+01:00`.
    ///
    /// Accepted are upper or lower case `T` and `Z`, one to nine digits of a fraction (what is finer than a
    /// microsecond is cut off) and the years 0001 to 9999 in UTC. A leap second (`:60`), a day that does not exist
    /// and every other spelling are refused.
    /// - Returns: `nil` when the text is refused.
    public init?(rfc3339 text: String) {
        self.init(rfc3339Bytes: text.utf8.span)
    }

    /// Reads RFC 3339 text as UTF-8; see ``init(rfc3339:)``.
    ///
    /// - Returns: `nil` when the text is refused.
    public init?(rfc3339Bytes text: Span<UInt8>) {
        guard let days = ASCIIDigits.days(text), let clock = Self.clock(text) else { return nil }
        guard let (fraction, end) = Self.fraction(text), let offset = Self.offset(text, at: end) else { return nil }
        let seconds = Int64(days * 86_400 + clock - offset)
        let instant = Self(microseconds: seconds * 1_000_000 + Int64(fraction))
        guard instant >= Self.distantPast, instant <= Self.distantFuture else { return nil }
        self = instant
    }

    /// The bytes of a text with a whole fraction, as `2026-03-01T10:00:00.123456Z`.
    static let longestText = 27

    func write(to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let micros = Swift.min(Swift.max(self, .distantPast), .distantFuture).microseconds
        // Both sums are positive, so that plain division rounds down.
        let shifted = UInt64(bitPattern: micros - Self.distantPast.microseconds)
        let seconds = shifted / 1_000_000
        let days = Int(seconds / 86_400)
        let second = Int(seconds - UInt64(days) * 86_400)
        ASCIIDigits.putDate(days: days + CivilCalendar.firstDay, in: buffer)
        buffer[10] = UInt8(ascii: "T")
        ASCIIDigits.put2(second / 3_600, at: 11, in: buffer)
        buffer[13] = UInt8(ascii: ":")
        ASCIIDigits.put2(second / 60 % 60, at: 14, in: buffer)
        buffer[16] = UInt8(ascii: ":")
        ASCIIDigits.put2(second % 60, at: 17, in: buffer)
        let end = Self.putFraction(Int(shifted - seconds * 1_000_000), at: 19, in: buffer)
        buffer[end] = UInt8(ascii: "Z")
        return end + 1
    }

    /// Writes the fraction without trailing zeros, nothing when it is zero; returns where the text goes on.
    private static func putFraction(_ micros: Int, at index: Int, in buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        guard micros > 0 else { return index }
        buffer[index] = UInt8(ascii: ".")
        ASCIIDigits.put2(micros / 10_000, at: index + 1, in: buffer)
        ASCIIDigits.put2(micros / 100 % 100, at: index + 3, in: buffer)
        ASCIIDigits.put2(micros % 100, at: index + 5, in: buffer)
        var end = index + 7
        while buffer[end - 1] == UInt8(ascii: "0") { end -= 1 }
        return end
    }

    /// The second of the day from `THH:MM:SS`.
    private static func clock(_ text: Span<UInt8>) -> Int? {
        // The shortest whole text is `2026-03-01T10:00:00Z`.
        guard
            text.count >= 20, text[10] | 0x20 == UInt8(ascii: "t"), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"), let hour = ASCIIDigits.number(text, at: 11, count: 2), hour < 24,
            let minute = ASCIIDigits.number(text, at: 14, count: 2), minute < 60,
            let second = ASCIIDigits.number(text, at: 17, count: 2), second < 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    /// The microseconds after the whole second and the index after them.
    private static func fraction(_ text: Span<UInt8>) -> (micros: Int, end: Int)? {
        guard text[19] == UInt8(ascii: ".") else { return (0, 19) }
        var index = 20
        var micros = 0
        var unit = 100_000
        while index < text.count, text[index] &- 0x30 <= 9 {
            micros += Int(text[index] &- 0x30) * unit
            unit /= 10
            index += 1
        }
        return 21...29 ~= index ? (micros, index) : nil
    }

    /// The offset east of UTC in seconds from `Z` or `±HH:MM`, which must end the text.
    private static func offset(_ text: Span<UInt8>, at index: Int) -> Int? {
        guard index < text.count else { return nil }
        if text[index] | 0x20 == UInt8(ascii: "z") { return index + 1 == text.count ? 0 : nil }
        guard
            text.count == index + 6, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-"),
            text[index + 3] == UInt8(ascii: ":"), let hours = ASCIIDigits.number(text, at: index + 1, count: 2),
            hours < 24, let minutes = ASCIIDigits.number(text, at: index + 4, count: 2), minutes < 60
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return text[index] == UInt8(ascii: "-") ? -seconds : seconds
    }
}

extension Instant: CustomStringConvertible, LosslessStringConvertible {
    /// The same as ``rfc3339``.
    public var description: String { self.rfc3339 }

    /// Reads RFC 3339 text; see ``init(rfc3339:)``.
    ///
    /// - Returns: `nil` when the text is refused.
    public init?(_ description: String) {
        self.init(rfc3339: description)
    }
}

extension Instant: Codable {
    /// Reads one string of RFC 3339 text; see ``init(rfc3339:)``.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("an instant as 2026-03-01T10:00:00Z") { Self(rfc3339: $0) }
    }

    /// Writes one string, ``rfc3339``.
    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(self.rfc3339)
    }
}
