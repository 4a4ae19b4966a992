internal import CLibPQ
internal import GRDBSQLite

/// Reads one row from left to right; exists only while a record is being made from it.
///
/// Columns are read in the order in which they were selected, each once. SQLite rows are read
/// from the statement, PostgreSQL rows from a result in binary format; nothing is copied twice.
public struct RowReader: ~Copyable {
    enum Source {
        case sqlite(OpaquePointer)
        /// A result in binary format.
        case postgres(OpaquePointer, row: Int32)
    }

    let source: Source
    let count: Int32
    var column: Int32 = 0

    init(_ source: Source, count: Int32) {
        self.source = source
        self.count = count
    }

    /// The next column as `V`.
    @inlinable
    @inline(__always)
    public mutating func next<V: ColumnValue>(_ type: V.Type = V.self) throws -> V { try V(column: &self) }

    /// The next column as `V`, or `nil` when it is NULL.
    @inlinable
    public mutating func nextIfPresent<V: ColumnValue>(_ type: V.Type = V.self) throws -> V? {
        if self.nextIsNull() {
            try self.skip()
            return nil
        }
        return try V(column: &self)
    }

    /// Whether the next column is NULL; does not move.
    public func nextIsNull() -> Bool {
        switch self.source {
        case .sqlite(let statement): sqlite3_column_type(statement, self.column) == SQLITE_NULL
        case .postgres(let result, let row): PQgetisnull(result, row, self.column) == 1
        }
    }

    /// Passes over the next column.
    public mutating func skip() throws { _ = try self.advance() }

    /// The next column as an integer of up to eight bytes.
    public mutating func nextInteger() throws -> Int64 {
        let column = try self.advance()
        switch self.source {
        case .sqlite(let statement):
            guard sqlite3_column_type(statement, column) == SQLITE_INTEGER else {
                throw self.wrong(column, "an integer")
            }
            return sqlite3_column_int64(statement, column)
        case .postgres(let result, let row):
            let bytes = try Self.bytes(result, row, column)
            guard bytes.count <= 8, !bytes.isEmpty else { throw self.wrong(column, "an integer") }
            var value: Int64 = bytes[0] < 0x80 ? 0 : -1
            for byte in bytes { value = value << 8 | Int64(byte) }
            return value
        }
    }

    /// The next column as a truth value.
    public mutating func nextBool() throws -> Bool { try self.nextInteger() != 0 }

    /// The next column as a double-precision number.
    public mutating func nextReal() throws -> Double {
        let column = try self.advance()
        switch self.source {
        case .sqlite(let statement):
            guard sqlite3_column_type(statement, column) != SQLITE_NULL else { throw self.wrong(column, "a number") }
            return sqlite3_column_double(statement, column)
        case .postgres(let result, let row):
            let bytes = try Self.bytes(result, row, column)
            guard bytes.count == 8 else { throw self.wrong(column, "a number") }
            return Double(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
        }
    }

    /// The next column as text.
    public mutating func nextText() throws -> String {
        let column = try self.advance()
        switch self.source {
        case .sqlite(let statement):
            guard let text = sqlite3_column_text(statement, column) else { throw self.wrong(column, "text") }
            let count = Int(sqlite3_column_bytes(statement, column))
            return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
        case .postgres(let result, let row):
            var bytes = try Self.bytes(result, row, column)
            // The binary form of jsonb starts with a version byte.
            if PQftype(result, column) == Self.jsonbType { bytes = UnsafeBufferPointer(rebasing: bytes.dropFirst()) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The next column's bytes, valid inside `body` only.
    public mutating func nextBytes<T>(_ body: (UnsafeBufferPointer<UInt8>) throws -> T) throws -> T {
        let column = try self.advance()
        switch self.source {
        case .sqlite(let statement):
            guard let start = sqlite3_column_blob(statement, column) else {
                guard sqlite3_column_type(statement, column) != SQLITE_NULL else { throw self.wrong(column, "bytes") }
                return try body(UnsafeBufferPointer(start: nil, count: 0))
            }
            let count = Int(sqlite3_column_bytes(statement, column))
            return try body(UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count))
        case .postgres(let result, let row):
            return try body(try Self.bytes(result, row, column))
        }
    }

    /// The next column as a 128-bit identifier, high half first.
    public mutating func nextUUID() throws -> (UInt64, UInt64) {
        let column = self.column
        let halves = try self.nextBytes { bytes -> (UInt64, UInt64)? in
            guard bytes.count == 16 else { return nil }
            let raw = UnsafeRawBufferPointer(bytes)
            return (
                UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        guard let halves else { throw self.wrong(column, "a UUID") }
        return halves
    }

    /// The next column as a calendar date, in days since 1970-01-01.
    public mutating func nextDate() throws -> Int {
        switch self.source {
        case .sqlite:
            let text = try self.nextText()
            guard let date = LocalDate(text) else { throw RowError("\(text) is no date") }
            return date.daysSinceEpoch
        case .postgres:
            // PostgreSQL counts days from 2000-01-01.
            return Int(try self.nextInteger()) + 10_957
        }
    }

    private static let jsonbType: Oid = 3802

    private static func bytes(
        _ result: OpaquePointer, _ row: Int32, _ column: Int32
    ) throws -> UnsafeBufferPointer<UInt8> {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
            throw RowError("column \(column + 1) is NULL")
        }
        let count = Int(PQgetlength(result, row, column))
        return UnsafeBufferPointer(
            start: UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: count)
    }

    private mutating func advance() throws -> Int32 {
        guard self.column < self.count else { throw RowError("the row has only \(self.count) columns") }
        defer { self.column += 1 }
        return self.column
    }

    private func wrong(_ column: Int32, _ expected: String) -> RowError {
        RowError("column \(column + 1) is not \(expected)")
    }
}
