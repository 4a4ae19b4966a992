/// The elements and texts of an XML document of somebody else's, one after the other.
///
/// Only what answers of servers need: names without their prefixes, text with its references resolved, attributes as they
/// stand. A document type is refused, and with it every entity that a document could define: there is nothing to
/// expand.
struct XMLEvents {
    /// What comes next.
    enum Event: Equatable {
        /// An element begins; of its name only what stands behind the colon.
        case begin(String)
        /// The element that began last ends.
        case end(String)
        /// Text, a piece at a time.
        case text([UInt8])
    }

    /// The text is no such document.
    struct Malformed: Error {}

    private static let mostDepth = 64

    private let bytes: [UInt8]
    private var place: Int
    private var open: [String] = []
    /// The name of an element that ends where it began.
    private var closing: String?
    private var hasRoot = false
    /// Where the attributes of the element stand that began last.
    private var attributes = 0..<0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        self.place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The next event; `nil` at the end of a document that is complete.
    mutating func next() throws(Malformed) -> Event? {
        if let name = self.closing {
            self.closing = nil
            return .end(name)
        }
        while self.place < self.bytes.count {
            guard self.bytes[self.place] == UInt8(ascii: "<") else {
                let text = try self.text()
                if !self.open.isEmpty { return .text(text) }
                guard text.allSatisfy({ $0 <= 0x20 }) else { throw Malformed() }
                continue
            }
            if try self.skip("<?", "?>") { continue }
            if try self.skip("<!--", "-->") { continue }
            if self.starts(with: "<![CDATA[") {
                guard !self.open.isEmpty else { throw Malformed() }
                let start = self.place + 9
                guard let end = self.find("]]>", from: start) else { throw Malformed() }
                self.place = end + 3
                return .text(Array(self.bytes[start..<end]))
            }
            guard !self.starts(with: "<!") else { throw Malformed() }
            return try self.tag()
        }
        guard self.open.isEmpty, self.hasRoot else { throw Malformed() }
        return nil
    }

    // MARK: Tags

    private mutating func tag() throws(Malformed) -> Event {
        self.place += 1
        let isEnd = self.place < self.bytes.count && self.bytes[self.place] == UInt8(ascii: "/")
        if isEnd { self.place += 1 }
        let name = try self.name()
        if isEnd {
            while self.place < self.bytes.count, self.bytes[self.place] <= 0x20 { self.place += 1 }
            guard self.place < self.bytes.count, self.bytes[self.place] == UInt8(ascii: ">"),
                self.open.popLast() == name
            else { throw Malformed() }
            self.place += 1
            return .end(name)
        }
        guard !self.open.isEmpty || !self.hasRoot, self.open.count < Self.mostDepth else { throw Malformed() }
        self.hasRoot = true
        let start = self.place
        let isEmpty = try self.skipAttributes()
        self.attributes = start..<(self.place - 1)
        if isEmpty { self.closing = name } else { self.open.append(name) }
        return .begin(name)
    }

    /// An attribute of the element that began last; its value must hold neither white space nor references.
    func attribute(_ name: StaticString) -> String? {
        let words = self.bytes[self.attributes].split { $0 <= 0x20 || $0 == UInt8(ascii: "/") }
        for word in words {
            let parts = word.split(separator: UInt8(ascii: "="), maxSplits: 1)
            guard parts.count == 2, parts[0].elementsEqual("\(name)".utf8), parts[1].count >= 2,
                let quote = parts[1].first, "\"'".utf8.contains(quote), parts[1].last == quote
            else { continue }
            return String(decoding: parts[1].dropFirst().dropLast(), as: UTF8.self)
        }
        return nil
    }

    private mutating func name() throws(Malformed) -> String {
        let start = self.place
        while self.place < self.bytes.count, !Self.endsName(self.bytes[self.place]) { self.place += 1 }
        let local = self.bytes[start..<self.place].split(separator: UInt8(ascii: ":")).last
        guard let local, local.count <= 100 else { throw Malformed() }
        return String(decoding: local, as: UTF8.self)
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<")
    }

    /// Moves behind the end of the tag.
    ///
    /// - Returns: Whether the element is empty.
    private mutating func skipAttributes() throws(Malformed) -> Bool {
        var quote: UInt8?
        var last: UInt8 = 0
        while self.place < self.bytes.count {
            let byte = self.bytes[self.place]
            self.place += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return last == UInt8(ascii: "/")
            } else if byte == UInt8(ascii: "<") {
                throw Malformed()
            }
            last = byte
        }
        throw Malformed()
    }

    // MARK: Text

    private mutating func text() throws(Malformed) -> [UInt8] {
        var text: [UInt8] = []
        while self.place < self.bytes.count, self.bytes[self.place] != UInt8(ascii: "<") {
            if self.bytes[self.place] == UInt8(ascii: "&") {
                text.append(contentsOf: try self.reference())
            } else {
                text.append(self.bytes[self.place])
                self.place += 1
            }
        }
        return text
    }

    /// What a reference stands for: one of the five characters that have a name, or a number.
    private mutating func reference() throws(Malformed) -> [UInt8] {
        guard let end = self.bytes[self.place...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw Malformed()
        }
        let name = String(decoding: self.bytes[(self.place + 1)..<end], as: UTF8.self)
        self.place = end + 1
        switch name {
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "amp": return [UInt8(ascii: "&")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default: break
        }
        guard name.hasPrefix("#") else { throw Malformed() }
        let isHexadecimal = name.hasPrefix("#x")
        guard let number = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10), number > 0,
            let scalar = Unicode.Scalar(number)
        else { throw Malformed() }
        return Array(String(Character(scalar)).utf8)
    }

    // MARK: Finding

    private func starts(with mark: StaticString) -> Bool {
        self.bytes[self.place...].starts(with: "\(mark)".utf8)
    }

    private func find(_ mark: StaticString, from start: Int) -> Int? {
        let mark = Array("\(mark)".utf8)
        guard start <= self.bytes.count else { return nil }
        var place = start
        while let found = self.bytes[place...].firstIndex(of: mark[0]) {
            if self.bytes[found...].starts(with: mark) { return found }
            place = found + 1
        }
        return nil
    }

    /// Moves behind what begins with one mark and ends with another.
    private mutating func skip(_ begin: StaticString, _ end: StaticString) throws(Malformed) -> Bool {
        guard self.starts(with: begin) else { return false }
        guard let found = self.find(end, from: self.place + "\(begin)".utf8.count) else { throw Malformed() }
        self.place = found + "\(end)".utf8.count
        return true
    }
}
