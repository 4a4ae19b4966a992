internal import AlmanacStorage

/// An entry of a log as files have it: `{"entry":…,"hash":…,"position":…}`, where `entry` are the bytes that are hashed.
struct ArchivedLine: Sendable {
    let position: Int64
    let hash: [UInt8]
    let canonical: [UInt8]

    private static let opening = Array(#"{"entry":"#.utf8)
    private static let beforeHash = Array(#","hash":""#.utf8)
    private static let beforePosition = Array(#"","position":"#.utf8)
    /// The longest line that is believed to be one.
    static let longest = 16_777_216

    init(position: Int64, hash: [UInt8], canonical: [UInt8]) {
        self.position = position
        self.hash = hash
        self.canonical = canonical
    }

    /// The line with its line break.
    var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("entry")
            writer.encoded(self.canonical)
            writer.key("hash")
            writer.string(Hexadecimal.encode(self.hash))
            writer.key("position")
            writer.integer(self.position)
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// A line as exports have it: with what can be read of the entry's sealed personal fields, which no file has.
    static func exported(
        canonical: [UInt8], hash: [UInt8]?, position: Int64?, _ personal: PersonalState
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("entry")
            writer.encoded(canonical)
            writer.key("hash")
            if let hash { writer.string(Hexadecimal.encode(hash)) } else { writer.null() }
            writer.key("personal")
            if case .open(let fields, _) = personal { writer.json(fields.json) } else { writer.null() }
            writer.key("position")
            if let position { writer.integer(position) } else { writer.null() }
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// Reads a line without its line break; `nil` when it is none.
    ///
    /// From its end: what stands for the entry is taken byte for byte, whatever it is.
    init?(_ line: [UInt8]) {
        guard line.starts(with: Self.opening), line.last == UInt8(ascii: "}") else { return nil }
        let digits = line.dropLast().suffix(while: { (0x30...0x39).contains($0) })
        guard let position = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
        let hashEnd = digits.startIndex - Self.beforePosition.count
        let hashStart = hashEnd - 64
        let entryEnd = hashStart - Self.beforeHash.count
        guard entryEnd >= Self.opening.count, line[hashEnd..<digits.startIndex].elementsEqual(Self.beforePosition),
            line[entryEnd..<hashStart].elementsEqual(Self.beforeHash),
            let hash = Hexadecimal.decode(String(decoding: line[hashStart..<hashEnd], as: UTF8.self), count: 32)
        else { return nil }
        self.init(position: position, hash: hash, canonical: Array(line[Self.opening.count..<entryEnd]))
    }
}

extension BidirectionalCollection {
    /// The longest end all of whose elements are as wanted.
    fileprivate func suffix(while isWanted: (Element) -> Bool) -> SubSequence {
        var start = self.endIndex
        while start > self.startIndex {
            let before = self.index(before: start)
            guard isWanted(self[before]) else { break }
            start = before
        }
        return self[start...]
    }
}
