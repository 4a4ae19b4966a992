internal import AlmanacStorage

/// A set of days of one year, as one bit a day; day 0 is 1 January.
struct YearDays {
    private var words = InlineArray<6, UInt64>(repeating: 0)

    /// All days of a year so long.
    static func all(length: Int) -> Self {
        var days = Self()
        days.insert(0..<length)
        return days
    }

    /// Puts a day in; one outside 0…365 is passed over.
    mutating func insert(_ day: Int) {
        guard 0..<366 ~= day else { return }
        self.words[day >> 6] |= 1 << UInt64(day & 63)
    }

    /// Puts a stretch of days in; what is outside 0…365 is passed over.
    mutating func insert(_ days: Range<Int>) {
        let days = days.clamped(to: 0..<366)
        for word in 0..<6 {
            let range = days.clamped(to: word * 64..<word * 64 + 64)
            guard !range.isEmpty else { continue }
            let ones = range.count == 64 ? UInt64.max : (1 << UInt64(range.count)) - 1
            self.words[word] |= ones << UInt64(range.lowerBound - word * 64)
        }
    }

    /// Keeps only what is in both.
    mutating func formIntersection(_ other: Self) {
        for word in 0..<6 { self.words[word] &= other.words[word] }
    }

    /// The first day of the set that is `day` or later.
    func first(from day: Int) -> Int? {
        guard day < 366 else { return nil }
        let day = max(day, 0)
        var word = day >> 6
        var bits = self.words[word] & (UInt64.max << UInt64(day & 63))
        while bits == 0 {
            word += 1
            guard word < 6 else { return nil }
            bits = self.words[word]
        }
        return word * 64 + bits.trailingZeroBitCount
    }
}
