/// The text form of a 128-bit identifier (RFC 9562 §4): 8-4-4-4-12 hexadecimal digits.
enum UUIDText {
    /// Characters, hyphens included.
    static let length = 36

    /// Writes 36 bytes from the start of `buffer`, in lower case.
    static func write(_ high: UInt64, _ low: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>) {
        precondition(buffer.count >= Self.length)
        let raw = UnsafeMutableRawBufferPointer(buffer)
        let second = Self.digits(of: UInt32(truncatingIfNeeded: high))
        let third = Self.digits(of: UInt32(truncatingIfNeeded: low >> 32))
        raw.storeBytes(of: Self.digits(of: UInt32(truncatingIfNeeded: high >> 32)).bigEndian, as: UInt64.self)
        raw.storeBytes(of: UInt32(truncatingIfNeeded: second >> 32).bigEndian, toByteOffset: 9, as: UInt32.self)
        raw.storeBytes(of: UInt32(truncatingIfNeeded: second).bigEndian, toByteOffset: 14, as: UInt32.self)
        raw.storeBytes(of: UInt32(truncatingIfNeeded: third >> 32).bigEndian, toByteOffset: 19, as: UInt32.self)
        raw.storeBytes(of: UInt32(truncatingIfNeeded: third).bigEndian, toByteOffset: 24, as: UInt32.self)
        raw.storeBytes(
            of: Self.digits(of: UInt32(truncatingIfNeeded: low)).bigEndian, toByteOffset: 28, as: UInt64.self)
        buffer[8] = UInt8(ascii: "-")
        buffer[13] = UInt8(ascii: "-")
        buffer[18] = UInt8(ascii: "-")
        buffer[23] = UInt8(ascii: "-")
    }

    /// Reads exactly 36 bytes, digits in either case.
    static func read(_ text: Span<UInt8>) -> (UInt64, UInt64)? {
        guard text.count == Self.length else { return nil }
        let hyphen = UInt8(ascii: "-")
        guard
            text[8] == hyphen, text[13] == hyphen, text[18] == hyphen, text[23] == hyphen,
            let first = Self.digits(text, 0, 8), let second = Self.digits(text, 9, 4),
            let third = Self.digits(text, 14, 4), let fourth = Self.digits(text, 19, 4),
            let last = Self.digits(text, 24, 12)
        else { return nil }
        return (first << 32 | second << 16 | third, fourth << 48 | last)
    }

    /// Eight hexadecimal digits as ASCII, the first in the highest byte; all eight are made at once.
    @inline(__always)
    private static func digits(of value: UInt32) -> UInt64 {
        // Spread the nibbles, one to a byte.
        var bytes = UInt64(value)
        bytes = (bytes & 0xFFFF_0000) << 16 | bytes & 0xFFFF
        bytes = (bytes & 0x0000_FF00_0000_FF00) << 8 | bytes & 0x0000_00FF_0000_00FF
        bytes = (bytes & 0x00F0_00F0_00F0_00F0) << 4 | bytes & 0x000F_000F_000F_000F
        // 1 in each byte that is above 9: adding 6 carries it into the next nibble.
        let letters = (bytes &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return bytes &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }

    private static func digits(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> UInt64? {
        var value: UInt64 = 0
        for index in start..<start + count {
            let byte = text[index]
            let nibble: UInt8
            switch byte {
            case 0x30...0x39: nibble = byte - 0x30
            case 0x41...0x46, 0x61...0x66: nibble = (byte | 0x20) - 0x57
            default: return nil
            }
            value = value << 4 | UInt64(nibble)
        }
        return value
    }
}
