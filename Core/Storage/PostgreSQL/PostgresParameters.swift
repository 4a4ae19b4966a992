/// The values of one statement as libpq wants them: text, each ended by a zero byte, in one buffer.
///
/// Kept by a connection and used again, so that a statement allocates nothing once the buffer has grown.
struct PostgresParameters {
    private var bytes: [UInt8] = []
    /// Where each value begins; negative for NULL.
    private var starts: [Int] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    /// The wire protocol counts parameters in 16 bits.
    static let limit = 65_535

    /// The size of what was written last.
    var byteCount: Int { self.bytes.count }

    /// Replaces what is in the buffer.
    ///
    /// - Throws: ``StorageError`` with code `invalidText` for a text with U+0000.
    mutating func write(_ values: [SQLValue]) throws(StorageError) {
        self.bytes.removeAll(keepingCapacity: self.bytes.capacity < 1 << 20)
        self.starts.removeAll(keepingCapacity: true)
        for value in values {
            self.starts.append(self.bytes.count)
            switch value {
            case .null:
                self.starts[self.starts.count - 1] = -1
                continue
            case .integer(let number): self.append(number)
            case .real(let number): self.append(ascii: number.description)
            case .text(let text): try self.append(text: text)
            case .blob(let blob): self.append(hexadecimal: blob)
            case .uuid(let high, let low): self.append(uuid: high, low)
            case .bool(let truth): self.bytes.append(UInt8(ascii: truth ? "t" : "f"))
            }
            self.bytes.append(0)
        }
    }

    /// Lends the values in libpq's shape.
    mutating func withPointers<T>(_ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?) -> T) -> T {
        var pointers: [UnsafePointer<CChar>?] = []
        swap(&pointers, &self.pointers)
        defer { swap(&pointers, &self.pointers) }
        pointers.removeAll(keepingCapacity: true)
        return self.bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress
            for start in self.starts {
                pointers.append(start < 0 ? nil : base?.advanced(by: start).assumingMemoryBound(to: CChar.self))
            }
            return pointers.withUnsafeBufferPointer { body(Int32(clamping: $0.count), $0.baseAddress) }
        }
    }

    private mutating func append(_ number: Int64) {
        // 19 digits and a sign.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var at = digits.count
            var rest = number.magnitude
            repeat {
                at -= 1
                digits[at] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                at -= 1
                digits[at] = UInt8(ascii: "-")
            }
            self.bytes.append(contentsOf: digits[at...])
        }
    }

    private mutating func append(ascii text: String) {
        self.bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(text: String) throws(StorageError) {
        var text = text
        let isClean = text.withUTF8 { utf8 in
            self.bytes.append(contentsOf: utf8)
            return !utf8.contains(0)
        }
        guard isClean else {
            throw StorageError(.invalidText, "a text holds U+0000, which databases cannot store")
        }
    }

    private mutating func append(hexadecimal blob: [UInt8]) {
        self.bytes.reserveCapacity(self.bytes.count + 3 + 2 * blob.count)
        self.bytes.append(UInt8(ascii: "\\"))
        self.bytes.append(UInt8(ascii: "x"))
        for byte in blob {
            self.bytes.append(Self.digit(byte >> 4))
            self.bytes.append(Self.digit(byte & 15))
        }
    }

    private mutating func append(uuid high: UInt64, _ low: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: UUIDText.length) { text in
            UUIDText.write(high, low, to: text)
            self.bytes.append(contentsOf: text)
        }
    }

    @inline(__always)
    private static func digit(_ nibble: UInt8) -> UInt8 { nibble &+ (nibble < 10 ? 0x30 : 0x57) }
}
