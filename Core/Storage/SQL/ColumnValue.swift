/// A type that fits one column, both ways.
///
/// A conforming type reads back what it wrote, on both engines:
/// `V(column:)` of a column that holds `v.sqlValue` equals `v`.
public protocol ColumnValue: Sendable {
    /// The value as it is bound to a statement.
    var sqlValue: SQLValue { get }
    /// Reads the next column of a row.
    ///
    /// - Throws: ``RowError`` when the column is NULL or holds something else.
    init(column row: inout RowReader) throws
}

extension Int64: ColumnValue {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var sqlValue: SQLValue { .integer(self) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    @inlinable
    public init(column row: inout RowReader) throws { self = try row.nextInteger() }
}

extension Int: ColumnValue {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var sqlValue: SQLValue { .integer(Int64(self)) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    @inlinable
    public init(column row: inout RowReader) throws { self = Int(try row.nextInteger()) }
}

extension String: ColumnValue {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var sqlValue: SQLValue { .text(self) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    @inlinable
    public init(column row: inout RowReader) throws { self = try row.nextText() }
}

extension Bool: ColumnValue {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var sqlValue: SQLValue { .bool(self) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    @inlinable
    public init(column row: inout RowReader) throws { self = try row.nextBool() }
}

extension Double: ColumnValue {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var sqlValue: SQLValue { .real(self) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    @inlinable
    public init(column row: inout RowReader) throws { self = try row.nextReal() }
}

extension [UInt8]: ColumnValue {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var sqlValue: SQLValue { .blob(self) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(column row: inout RowReader) throws { self = try row.nextBytes { Array($0) } }
}

extension ColumnValue where Self: RawRepresentable, RawValue == String {
    /// The raw value as text.
    public var sqlValue: SQLValue { .text(self.rawValue) }
    /// Reads the raw value of the next column.
    ///
    /// - Throws: ``RowError`` when it is not text, or no raw value of this type.
    public init(column row: inout RowReader) throws {
        let text = try row.nextText()
        guard let value = Self(rawValue: text) else {
            throw RowError("\(text) is no \(Self.self)")
        }
        self = value
    }
}
