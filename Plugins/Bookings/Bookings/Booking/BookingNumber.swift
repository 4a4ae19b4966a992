internal import AlmanacStorage
internal import BookingsAPI

/// What people call a booking: `B-4T7QK-M2X9D`, read aloud and typed without mistakes.
///
/// Nine characters of Crockford's base 32 carry 45 bits mixed out of the booking's id, the tenth checks them. Numbers
/// are not counted up: a counter an organization would be one row that every booking updates and holds until its
/// commit, so that all bookings of an organization would wait for each other, and it would tell customers how many
/// there are. With a million bookings in one organization a new one meets an old number once in 35 million times; the
/// unique constraint refuses it then, and the next attempt has another id and so another number.
struct BookingNumber: Sendable, Hashable {
    /// The whole number with its prefix and hyphens.
    let text: String

    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The number of a booking.
    init(_ id: ID<Booking>) {
        // The halves hold time, a counter and random bits; SplitMix64's finalizer spreads them over all bits.
        var mixed = id.high ^ (id.low &* 0x9E37_79B9_7F4A_7C15)
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        var values = stride(from: 40, through: 0, by: -5).map { UInt8(truncatingIfNeeded: mixed >> UInt64($0) & 31) }
        values.append(Self.check(values))
        var bytes = Array("B-".utf8)
        for (index, value) in values.enumerated() {
            if index == 5 { bytes.append(UInt8(ascii: "-")) }
            bytes.append(Self.digits[Int(value)])
        }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a number that somebody typed: case, hyphens and spaces do not count, `O` is 0, `I` and `L` are 1.
    ///
    /// - Returns: `nil` when it is no number, or the check says that it was mistyped.
    init?(_ typed: String) {
        var values: [UInt8] = []
        var rest = typed.uppercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }[...]
        guard rest.count == 11, rest.popFirst() == UInt8(ascii: "B") else { return nil }
        for byte in rest {
            let byte =
                switch byte {
                case UInt8(ascii: "O"): UInt8(ascii: "0")
                case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
                default: byte
                }
            guard let value = Self.digits.firstIndex(of: byte) else { return nil }
            values.append(UInt8(truncatingIfNeeded: value))
        }
        guard let last = values.popLast(), last == Self.check(values) else { return nil }
        let texts = (values + [last]).map { Self.digits[Int($0)] }
        self.text =
            "B-" + String(decoding: texts[..<5], as: UTF8.self) + "-" + String(decoding: texts[5...], as: UTF8.self)
    }

    /// Damm's scheme over the field of 32 elements, with `2x + y` as its table: it finds every single wrong character
    /// and every two neighbors that changed places.
    private static func check(_ values: [UInt8]) -> UInt8 {
        let sum = values.reduce(UInt8(0)) { Self.doubled($0) ^ $1 }
        return Self.doubled(sum)
    }

    /// Times x in GF(2)[x] / (x⁵ + x² + 1).
    private static func doubled(_ value: UInt8) -> UInt8 {
        let shifted = value << 1
        return shifted & 0x20 == 0 ? shifted : shifted ^ 0x25
    }
}

extension BookingNumber: ColumnValue {
    var sqlValue: SQLValue { .text(self.text) }

    init(column row: inout RowReader) throws { self.text = try row.nextText() }
}
