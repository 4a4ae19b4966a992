/// One value as an engine stores it, independent of the dialect.
public enum SQLValue: Sendable, Hashable {
    /// SQL NULL.
    case null
    /// A 64-bit signed integer.
    case integer(Int64)
    /// A double-precision number.
    case real(Double)
    /// Text; U+0000 in it is refused when the statement is bound, because PostgreSQL cannot store it.
    case text(String)
    /// Raw bytes.
    case blob([UInt8])
    /// A 128-bit identifier: `uuid` on PostgreSQL, a 16-byte BLOB on SQLite.
    case uuid(UInt64, UInt64)
    /// A truth value: `boolean` on PostgreSQL, 0 or 1 on SQLite.
    case bool(Bool)
}
