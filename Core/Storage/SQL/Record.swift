/// A type made from one row, column by column.
///
/// ```swift
/// struct Provider: Record {
///     static let columns: Columns = ["id", "name"]
///     let id: ID<Provider>
///     let name: String
///     init(row: inout RowReader) throws {
///         self.id = try row.next()
///         self.name = try row.next()
///     }
/// }
/// ```
public protocol Record: Sendable {
    /// What to select, in the order in which ``init(row:)`` reads it.
    static var columns: Columns { get }
    /// Reads each column once, from left to right.
    init(row: inout RowReader) throws
}

/// A record that can be written as a row of one table.
///
/// ``values`` yields one value for each of ``Record/columns``, in the same order.
public protocol TableRecord: Record {
    /// The table in which the record lives.
    static var table: Table { get }
    /// The values of the columns, in order.
    var values: [SQLValue] { get }
}

extension Transaction {
    /// Inserts a record as a row of its table, without waiting for the answer.
    ///
    /// The organization of the row is the transaction's.
    /// - Throws: ``StorageError`` now or at the next statement that is waited for; see ``post(_:)``.
    public func insert<R: TableRecord>(_ record: R) throws {
        try self.post(SQL.insert(record, organization: self.scope.organization))
    }
}

extension SQL {
    /// `INSERT` of a whole record.
    static func insert<R: TableRecord>(_ record: R, organization: OrganizationID?) -> SQL {
        var sql: SQL = "INSERT INTO \(R.table)"
        if R.table.ownership == .organization, let organization {
            sql.append("(organization_id, \(R.columns)) VALUES (\(organization)")
            for value in record.values { sql.append(binding: value, after: ", ") }
        } else {
            sql.append("(\(R.columns)) VALUES (")
            for (index, value) in record.values.enumerated() {
                sql.append(binding: value, after: index == 0 ? "" : ", ")
            }
        }
        sql.append(")")
        return sql
    }
}
