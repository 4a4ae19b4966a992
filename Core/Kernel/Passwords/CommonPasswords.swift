internal import CCommonPasswords

/// The thirty thousand passwords that attackers try first, compiled into the program; see `Core/CCommonPasswords`.
enum CommonPasswords {
    /// No entry is longer.
    static let longest = 20

    /// Whether the list holds a text.
    ///
    /// - Parameter text: In lower case, as UTF-8.
    /// - Returns: Whether some line is the same, from its first byte to its last.
    static func contains(_ text: ArraySlice<UInt8>) -> Bool {
        guard (1...Self.longest).contains(text.count) else { return false }
        var count = 0
        let list = UnsafeBufferPointer(start: almanac_common_passwords(&count), count: count)
        var low = 0
        var high = list.count
        // Bisects bytes, not lines: the list needs no index that way.
        while low < high {
            let line = Self.line(around: low + (high - low) / 2, in: list)
            if text.elementsEqual(list[line]) { return true }
            if text.lexicographicallyPrecedes(list[line]) {
                high = line.lowerBound
            } else {
                low = line.upperBound + 1
            }
        }
        return false
    }

    /// The line in which a byte stands, without its line feed.
    private static func line(around index: Int, in list: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        let lineFeed = UInt8(ascii: "\n")
        var start = index
        while start > 0, list[start - 1] != lineFeed { start -= 1 }
        var end = index
        while end < list.count, list[end] != lineFeed { end += 1 }
        return start..<end
    }
}
