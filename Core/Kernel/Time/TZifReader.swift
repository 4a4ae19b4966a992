internal import AlmanacStorage

/// Reads a time zone file (RFC 9636, "The Time Zone Information Format") into a table of offsets.
///
/// Versions 1 to 4 are understood; from version 2 on only the 64-bit block and the footer count. Every count and
/// index is checked against the bytes that are there, so that a damaged file gives an error and nothing else.
struct TZifReader {
    /// The six counts at the start of a block and what they make of its size.
    private struct Header {
        let version: UInt8
        let utcIndicators: Int
        let standardIndicators: Int
        let leapSeconds: Int
        let transitions: Int
        let types: Int
        let characters: Int

        /// Bytes of the block behind the header, when a time takes `width` bytes.
        func blockSize(width: Int) -> Int {
            self.transitions * (width + 1) + self.types * 6 + self.characters + self.leapSeconds * (width + 4)
                + self.standardIndicators + self.utcIndicators
        }
    }

    private let name: String
    private let bytes: [UInt8]
    private var position = 0

    private init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// The table of a zone from the content of its file.
    static func read(_ name: String, _ bytes: [UInt8]) throws(ZoneError) -> ZoneData {
        var reader = Self(name, bytes)
        return try reader.readFile()
    }

    private mutating func readFile() throws(ZoneError) -> ZoneData {
        guard self.bytes.starts(with: "TZif".utf8) else { throw .unknownZone(self.name) }
        let first = try self.readHeader()
        guard first.version >= UInt8(ascii: "2") else { return try self.readBlock(first, width: 4, hasFooter: false) }
        self.position += first.blockSize(width: 4)
        return try self.readBlock(try self.readHeader(), width: 8, hasFooter: true)
    }

    private mutating func readHeader() throws(ZoneError) -> Header {
        guard self.position + 44 <= self.bytes.count else { throw self.damaged("a header is cut off") }
        guard self.bytes[self.position...].starts(with: "TZif".utf8) else { throw self.damaged("a header is missing") }
        let version = self.bytes[self.position + 4]
        self.position += 20
        return Header(
            version: version, utcIndicators: self.next(4), standardIndicators: self.next(4), leapSeconds: self.next(4),
            transitions: self.next(4), types: self.next(4), characters: self.next(4))
    }

    private mutating func readBlock(_ header: Header, width: Int, hasFooter: Bool) throws(ZoneError) -> ZoneData {
        let end = self.position + header.blockSize(width: width)
        guard end <= self.bytes.count else { throw self.damaged("the data is cut off") }
        guard header.leapSeconds == 0 else { throw self.damaged("it counts leap seconds, which this clock does not") }
        guard header.types > 0 else { throw self.damaged("it has no offset") }
        let times = try self.readTimes(header.transitions, width: width)
        let indices = self.bytes[self.position..<self.position + header.transitions]
        self.position += header.transitions
        let offsets = try self.readOffsets(header.types)
        var changes: [ZoneData.Change] = []
        changes.reserveCapacity(times.count)
        for (time, index) in zip(times, indices) {
            guard Int(index) < offsets.count else { throw self.damaged("a transition has no offset") }
            changes.append(.init(seconds: time, offset: offsets[Int(index)]))
        }
        self.position = end
        let rule = hasFooter ? try self.readFooter() : nil
        return ZoneData(name: self.name, firstOffset: offsets[0], changes: changes, rule: rule)
    }

    private mutating func readTimes(_ count: Int, width: Int) throws(ZoneError) -> [Int64] {
        var times: [Int64] = []
        times.reserveCapacity(count)
        for _ in 0..<count {
            let time = Int64(self.nextSigned(width))
            if let last = times.last, last >= time { throw self.damaged("transitions are out of order") }
            times.append(time)
        }
        return times
    }

    private mutating func readOffsets(_ count: Int) throws(ZoneError) -> [Int32] {
        var offsets: [Int32] = []
        for _ in 0..<count {
            let offset = self.nextSigned(4)
            // RFC 9636 §3.2; nothing outside can be a real clock.
            guard ZoneData.offsetRange ~= offset else { throw self.damaged("an offset is longer than a day") }
            offsets.append(Int32(offset))
            // Whether it is daylight saving time and its abbreviation: neither is needed.
            self.position += 2
        }
        return offsets
    }

    /// The rule for what follows the last transition; the footer stands between two line feeds.
    private mutating func readFooter() throws(ZoneError) -> ZoneRule? {
        let lineFeed = UInt8(ascii: "\n")
        let rest = self.bytes[self.position...]
        guard rest.first == lineFeed, let end = rest.dropFirst().firstIndex(of: lineFeed) else {
            throw self.damaged("the footer is missing")
        }
        let text = rest[(self.position + 1)..<end]
        if text.isEmpty { return nil }
        guard let rule = ZoneRule(text) else { throw self.damaged("the footer is no POSIX TZ string") }
        return rule
    }

    /// A big-endian number without a sign; the caller has checked that the bytes are there.
    private mutating func next(_ width: Int) -> Int {
        var value = 0
        for byte in self.bytes[self.position..<self.position + width] { value = value << 8 | Int(byte) }
        self.position += width
        return value
    }

    /// A big-endian two's complement number; the caller has checked that the bytes are there.
    private mutating func nextSigned(_ width: Int) -> Int {
        let unused = Int.bitWidth - width * 8
        return (self.next(width) << unused) >> unused
    }

    private func damaged(_ what: String) -> ZoneError { .damagedFile(self.name, what) }
}
