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
    public var sqlValue: SQLValue { .integer(self) }
    @inlinable
    public init(column row: inout RowReader) throws { self = try row.nextInteger() }
}

extension Int: ColumnValue {
    public var sqlValue: SQLValue { .integer(Int64(self)) }
    @inlinable
    public init(column row: inout RowReader) throws { self = Int(try row.nextInteger()) }
}

extension String: ColumnValue {
    public var sqlValue: SQLValue { .text(self) }
    @inlinable
    public init(column row: inout RowReader) throws { self = try row.nextText() }
}

extension Bool: ColumnValue {
    public var sqlValue: SQLValue { .bool(self) }
    @inlinable
    public init(column row: inout RowReader) throws { self = try row.nextBool() }
}

extension Double: ColumnValue {
    public var sqlValue: SQLValue { .real(self) }
    @inlinable
    public init(column row: inout RowReader) throws { self = try row.nextReal() }
}

extension [UInt8]: ColumnValue {
    public var sqlValue: SQLValue { .blob(self) }
    public init(column row: inout RowReader) throws { self = try row.nextBytes { Array($0) } }
}

extension ColumnValue where Self: RawRepresentable, RawValue == String {
    public var sqlValue: SQLValue { .text(self.rawValue) }
    public init(column row: inout RowReader) throws {
        let text = try row.nextText()
        guard let value = Self(rawValue: text) else {
            throw RowError("\(text) is no \(Self.self)")
        }
        self = value
    }
}
