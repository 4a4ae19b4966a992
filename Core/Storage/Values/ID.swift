/// The identifier of one `Entity`: 128 bits, written as a UUID.
///
/// The type parameter keeps the identifiers of different things apart at compile time and costs nothing at run time;
/// it need not be the stored record. New ones come from an ``IDSource``. They compare as their bytes do, so that
/// version 7 identifiers (RFC 9562) sort by creation.
public struct ID<Entity>: Sendable, Hashable, Comparable, ColumnValue {
    /// The first eight bytes, big-endian.
    public let high: UInt64

    /// The last eight bytes, big-endian.
    public let low: UInt64

    /// The identifier with these bits.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The same bits as the identifier of something else.
    ///
    /// Only for the code that knows that one row is both, as a tag type and the record behind it.
    @inlinable
    public func cast<Other>(to other: Other.Type = Other.self) -> ID<Other> {
        ID<Other>(high: self.high, low: self.low)
    }

    /// Whether the bytes of `lhs` sort before those of `rhs`.
    @inlinable
    public static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.high == rhs.high ? lhs.low < rhs.low : lhs.high < rhs.high
    }

    /// The identifier as 128 bits.
    @inlinable
    public var sqlValue: SQLValue { .uuid(self.high, self.low) }

    /// Reads a column of 128 bits.
    @inlinable
    public init(column row: inout RowReader) throws {
        (self.high, self.low) = try row.nextUUID()
    }
}

extension ID: CustomStringConvertible, LosslessStringConvertible {
    /// The identifier as 36 characters, lower case with hyphens.
    public var description: String {
        String(unsafeUninitializedCapacity: UUIDText.length) { buffer in
            UUIDText.write(self.high, self.low, to: buffer)
            return UUIDText.length
        }
    }

    /// Reads 36 characters with hyphens at their places, in either case; any UUID version.
    ///
    /// - Returns: `nil` when the text is shaped otherwise.
    public init?(_ text: String) {
        guard let (high, low) = UUIDText.read(text.utf8.span) else { return nil }
        self.init(high: high, low: low)
    }

    /// Appends ``description`` to a buffer of UTF-8, without a string in between.
    public func appendText(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: UUIDText.length) { buffer in
            UUIDText.write(self.high, self.low, to: buffer)
            bytes.append(contentsOf: UnsafeBufferPointer(buffer))
        }
    }
}

extension ID: Codable {
    /// Reads one string of 36 characters.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("an identifier as 01234567-89ab-7def-8123-456789abcdef") { Self($0) }
    }

    /// Writes one string of 36 characters.
    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(self.description)
    }
}
