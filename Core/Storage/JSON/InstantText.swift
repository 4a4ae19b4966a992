/// Writes instants as RFC 3339 text and remembers the date between them.
///
/// The instants of one answer mostly lie on few days, and the date is the dear half of the text.
struct InstantText {
    /// Seconds since the epoch of the midnight whose date is remembered.
    private var midnight = Int64.max
    /// The first eight bytes of the date, `2026-03-`.
    private var month: UInt64 = 0
    /// The last two bytes of the date.
    private var day: UInt16 = 0

    /// Writes up to ``Instant/longestText`` bytes from the start of `buffer`; answers how many.
    @inline(__always)
    mutating func write(_ instant: Instant, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let seconds = instant.seconds
        let second = seconds &- self.midnight
        guard second >= 0, second < 86_400, instant.microseconds % 1_000_000 == 0 else {
            return self.writeWhole(instant, to: buffer)
        }
        let raw = UnsafeMutableRawBufferPointer(buffer)
        raw.storeBytes(of: self.month, as: UInt64.self)
        raw.storeBytes(of: self.day, toByteOffset: 8, as: UInt16.self)
        buffer[10] = UInt8(ascii: "T")
        ASCIIDigits.put2(Int(second) / 3_600, at: 11, in: buffer)
        buffer[13] = UInt8(ascii: ":")
        ASCIIDigits.put2(Int(second) / 60 % 60, at: 14, in: buffer)
        buffer[16] = UInt8(ascii: ":")
        ASCIIDigits.put2(Int(second) % 60, at: 17, in: buffer)
        buffer[19] = UInt8(ascii: "Z")
        return 20
    }

    @inline(never)
    private mutating func writeWhole(_ instant: Instant, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let count = instant.write(to: buffer)
        // Outside these years the text is that of another instant.
        guard instant >= .distantPast, instant <= .distantFuture else { return count }
        let raw = UnsafeRawBufferPointer(buffer)
        self.month = raw.loadUnaligned(as: UInt64.self)
        self.day = raw.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
        let seconds = instant.seconds
        let second = seconds % 86_400
        self.midnight = seconds - (second < 0 ? second + 86_400 : second)
        return count
    }
}
