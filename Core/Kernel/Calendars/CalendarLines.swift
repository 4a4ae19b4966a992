/// The content lines of an iCalendar text, unfolded (RFC 5545 §3.1), one after the other.
///
/// Lines are put together as bytes, because some programs break them inside a character. They may end with LF alone.
struct CalendarLines: IteratorProtocol {
    /// Nothing that is of use is longer; what is, as a picture inside a property, is cut off here.
    private static let longest = 200_000

    private let text: [UInt8]
    private var place: Int

    init(_ text: [UInt8]) {
        self.text = text
        // A byte order mark in front says nothing.
        self.place = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The next line that is not empty.
    mutating func next() -> [UInt8]? {
        while let first = self.physical() {
            var line = Array(first)
            while self.place < self.text.count, self.text[self.place] == 0x20 || self.text[self.place] == 0x09 {
                guard let more = self.physical() else { break }
                if line.count < Self.longest { line.append(contentsOf: more.dropFirst()) }
            }
            if !line.isEmpty { return line }
        }
        return nil
    }

    /// The next line as it stands in the text, without its end.
    private mutating func physical() -> ArraySlice<UInt8>? {
        guard self.place < self.text.count else { return nil }
        let start = self.place
        let end = self.text[start...].firstIndex(of: 0x0A) ?? self.text.count
        self.place = end + 1
        return self.text[start..<(end > start && self.text[end - 1] == 0x0D ? end - 1 : end)]
    }

    /// The name of a property in upper case, or `nil` when the line is none.
    static func name(of line: [UInt8]) -> String? {
        guard let end = line.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ";") }), end <= 40 else {
            return nil
        }
        return String(decoding: line[..<end], as: UTF8.self).uppercased()
    }
}
