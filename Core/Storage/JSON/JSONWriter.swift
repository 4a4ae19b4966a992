/// Writes compact JSON into a buffer of bytes, without a tree in between.
///
/// Commas are put where they belong. That every key is followed by one value and every `begin` by its `end` is for the
/// caller to see to; the closures of ``object(_:)`` and ``array(_:)`` do half of that.
public struct JSONWriter: ~Copyable {
    private var sink: ByteSink

    /// Whether a value has been written in the array or object that is open, so that the next one needs a comma.
    private var needsComma = false

    private var instants = InstantText()

    /// An empty document.
    ///
    /// - Parameter capacity: How many bytes to make room for at once.
    public init(capacity: Int = 512) { self.sink = ByteSink(capacity: capacity) }

    /// A copy of what has been written so far, UTF-8.
    public var bytes: [UInt8] { self.sink.bytes }

    /// What has been written so far, as text.
    public var text: String { self.sink.text }

    /// How many bytes have been written so far.
    public var count: Int { self.sink.count }

    // MARK: Structure

    /// Begins an object.
    public mutating func beginObject() { self.open(UInt8(ascii: "{")) }

    /// Ends the object that was begun last.
    public mutating func endObject() { self.close(UInt8(ascii: "}")) }

    /// Begins an array.
    public mutating func beginArray() { self.open(UInt8(ascii: "[")) }

    /// Ends the array that was begun last.
    public mutating func endArray() { self.close(UInt8(ascii: "]")) }

    /// Writes the name of a member; its value must follow.
    ///
    /// - Parameter name: A literal in which nothing needs an escape; a name that is known only at run time goes to
    ///   ``key(named:)``.
    public mutating func key(_ name: StaticString) {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        assert(!JSONEscapes.areNeeded(in: name), "the name needs an escape: use key(named:)")
        self.quotedKey(name)
    }

    /// Writes the name of a member, escaped; its value must follow.
    public mutating func key(named name: String) {
        var name = name
        name.withUTF8 { name in
            if !JSONEscapes.areNeeded(in: name) { return self.quotedKey(name) }
            self.separate()
            self.sink.append(UInt8(ascii: "\""))
            self.escape(name)
            self.sink.append(UInt8(ascii: "\""))
            self.sink.append(UInt8(ascii: ":"))
        }
        self.needsComma = false
    }

    // MARK: Values

    /// Writes `null`.
    public mutating func null() { self.plain("null") }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) { self.plain(value ? "true" : "false") }

    /// Writes an integer.
    public mutating func integer(_ value: Int64) {
        self.separate()
        self.sink.append(room: 20) { Self.putDigits(of: value, in: $0) }
        self.needsComma = true
    }

    /// Writes an integer.
    public mutating func integer(_ value: Int) { self.integer(Int64(value)) }

    /// Writes an integer.
    public mutating func integer(_ value: some FixedWidthInteger) {
        if let value = Int64(exactly: value) { self.integer(value) } else { self.plain(String(value)) }
    }

    /// Writes a double as ECMAScript spells it; what JSON cannot spell (infinite, not a number) becomes `null`.
    public mutating func number(_ value: Double) {
        self.plain(value.isFinite ? JSONNumber.shortest(value) : "null")
    }

    /// Writes text, escaped.
    public mutating func string(_ text: String) {
        var text = text
        self.separate()
        self.sink.append(UInt8(ascii: "\""))
        text.withUTF8 { self.escape($0) }
        self.sink.append(UInt8(ascii: "\""))
        self.needsComma = true
    }

    /// Writes an instant as RFC 3339 text in UTC.
    public mutating func instant(_ value: Instant) {
        var text = self.instants
        self.quoted(room: Instant.longestText) { text.write(value, to: $0) }
        self.instants = text
    }

    /// Writes an identifier as UUID text.
    public mutating func id<Entity>(_ value: ID<Entity>) {
        self.quoted(room: UUIDText.length) { buffer in
            UUIDText.write(value.high, value.low, to: buffer)
            return UUIDText.length
        }
    }

    /// Writes a document as it is; numbers keep their spelling.
    public mutating func json(_ value: JSON) {
        switch value {
        case .null: self.null()
        case .bool(let value): self.bool(value)
        case .number(let value): self.plain(value.spelling)
        case .string(let text): self.string(text)
        case .array(let items):
            self.beginArray()
            for item in items { self.json(item) }
            self.endArray()
        case .object(let object):
            self.beginObject()
            for member in object.members {
                self.key(named: member.name)
                self.json(member.value)
            }
            self.endObject()
        }
    }

    /// Writes one value that is JSON already, as an answer that was stored; it is not looked at.
    public mutating func encoded(_ json: [UInt8]) {
        self.separate()
        json.withUnsafeBufferPointer { self.sink.append($0) }
        self.needsComma = true
    }

    // MARK: Bytes

    @inline(__always)
    private mutating func open(_ bracket: UInt8) {
        self.separate()
        self.sink.append(bracket)
        self.needsComma = false
    }

    @inline(__always)
    private mutating func close(_ bracket: UInt8) {
        self.sink.append(bracket)
        self.needsComma = true
    }

    /// Puts the comma before a value or key that is not the first.
    @inline(__always)
    private mutating func separate() { if self.needsComma { self.sink.append(UInt8(ascii: ",")) } }

    /// Writes a value that needs neither quotes nor escapes.
    private mutating func plain(_ text: String) {
        var text = text
        self.separate()
        text.withUTF8 { self.sink.append($0) }
        self.needsComma = true
    }

    /// Writes a string of which it is known that nothing needs an escape and how long it can be.
    @inline(__always)
    private mutating func quoted(room: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        self.separate()
        self.sink.append(room: room + 2) { buffer in
            buffer[0] = UInt8(ascii: "\"")
            let count = write(UnsafeMutableBufferPointer(rebasing: buffer[1..<room + 1]))
            buffer[count + 1] = UInt8(ascii: "\"")
            return count + 2
        }
        self.needsComma = true
    }

    /// Writes a comma when one is due, the name in quotes and the colon, at one go.
    @inline(__always)
    private mutating func quotedKey(_ name: UnsafeBufferPointer<UInt8>) {
        let comma = self.needsComma ? 1 : 0
        self.sink.append(room: name.count + 4) { buffer in
            buffer[0] = UInt8(ascii: ",")
            buffer[comma] = UInt8(ascii: "\"")
            let end = comma + 1 + name.count
            _ = UnsafeMutableBufferPointer(rebasing: buffer[(comma + 1)..<end]).update(fromContentsOf: name)
            buffer[end] = UInt8(ascii: "\"")
            buffer[end + 1] = UInt8(ascii: ":")
            return end + 2
        }
        self.needsComma = false
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        // Most text needs no escape.
        guard JSONEscapes.areNeeded(in: text) else { return self.sink.append(text) }
        for byte in text {
            if JSONEscapes.isNeeded(for: byte) { self.appendEscape(of: byte) } else { self.sink.append(byte) }
        }
    }

    /// The escapes that RFC 8785 prescribes, which are the shortest ones.
    private mutating func appendEscape(of byte: UInt8) {
        self.sink.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: self.sink.append(UInt8(ascii: "b"))
        case 0x09: self.sink.append(UInt8(ascii: "t"))
        case 0x0A: self.sink.append(UInt8(ascii: "n"))
        case 0x0C: self.sink.append(UInt8(ascii: "f"))
        case 0x0D: self.sink.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): self.sink.append(byte)
        default:
            self.sink.append(UInt8(ascii: "u"))
            self.sink.append(UInt8(ascii: "0"))
            self.sink.append(UInt8(ascii: "0"))
            self.sink.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let digit = byte & 0x0F
            self.sink.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }

    /// Writes a decimal of up to 20 characters.
    private static func putDigits(of value: Int64, in buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var digits = 1
        var rest = value.magnitude
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        let count = value < 0 ? digits + 1 : digits
        buffer[0] = UInt8(ascii: "-")
        rest = value.magnitude
        for index in stride(from: count - 1, through: count - digits, by: -1) {
            buffer[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        return count
    }
}
