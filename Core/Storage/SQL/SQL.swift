/// SQL text with its values bound, never pasted.
///
/// Values that are interpolated become bindings; tables and column lists become identifiers:
///
/// ```swift
/// let sql: SQL = """
///     SELECT \(Booking.columns) FROM \(Booking.table)
///     WHERE organization_id = \(organization) AND id = \(id)
///     """
/// ```
///
/// A plain `String` cannot become SQL; ``init(unsafeSQL:)`` is the way for migrations and dialect code, and says so.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    // What is appended for each binding and table is written as a literal below: keep both in step.
    /// Stands for one binding until an engine renders `?` or `$n`.
    static let bindingMark: Unicode.Scalar = "\u{1F}"
    /// Encloses `namespace.table` until an engine renders its own spelling.
    static let tableMark: Unicode.Scalar = "\u{1E}"
    /// Stands for `FOR UPDATE`, which SQLite neither knows nor needs.
    static let lockMark: Unicode.Scalar = "\u{1D}"
    /// Stands for `FOR SHARE`, which SQLite neither knows nor needs.
    static let shareMark: Unicode.Scalar = "\u{18}"
    /// Stands before the number of a lock that is tried, which SQLite has no need for.
    static let tryLockMark: Unicode.Scalar = "\u{19}"

    /// The text with marks; statements are cached under it.
    package private(set) var text: String
    /// The bound values, in order.
    package private(set) var bindings: [SQLValue]
    /// Which bindings are organizations; each must be the transaction's own.
    private(set) var organizations: [OrganizationID]
    /// Whether a table of an organization is named.
    private(set) var touchesOrganizations: Bool

    /// SQL without values.
    public init(stringLiteral value: String) {
        self.init(unsafeSQL: value)
    }

    /// SQL with values.
    public init(stringInterpolation: Interpolation) {
        self = stringInterpolation.sql
    }

    /// SQL from text that is trusted: for migrations and dialect code only, never with anything that came from outside.
    public init(unsafeSQL text: String) {
        self.text = text
        self.bindings = []
        self.organizations = []
        self.touchesOrganizations = false
    }

    /// Appends more SQL.
    public mutating func append(_ other: SQL) {
        self.text += other.text
        self.bindings += other.bindings
        self.organizations += other.organizations
        self.touchesOrganizations = self.touchesOrganizations || other.touchesOrganizations
    }

    /// Joins parts, for example conditions with `" AND "`.
    public static func joined(_ parts: [SQL], by separator: SQL) -> SQL {
        var whole = SQL(unsafeSQL: "")
        for (index, part) in parts.enumerated() {
            if index > 0 { whole.append(separator) }
            whole.append(part)
        }
        return whole
    }

    /// The same statement with other values; those that name the organization must stay what they are.
    package func binding(_ values: [SQLValue]) -> SQL {
        var copy = self
        copy.bindings = values
        return copy
    }

    /// Locks the selected rows until the end of the transaction; nothing on SQLite, which has one writer.
    public static let forUpdate = SQL(unsafeSQL: String(SQL.lockMark))

    /// Keeps the selected rows as they are until the end of the transaction, and lets others do the same; nothing on
    /// SQLite, which has one writer.
    package static let forShare = SQL(unsafeSQL: String(SQL.shareMark))

    /// The condition that this transaction holds a lock, which it takes now if nobody holds it; nothing waits.
    ///
    /// The lock is kept until the transaction ends. Where it decides about rows, remember that the statement may see
    /// the database as it was before the lock was taken. On SQLite, which has one writer, the condition is true.
    /// - Parameter key: A lock of a class that is only ever tried: waiting locks are ``Transaction/lock(_:)``.
    /// - Returns: A condition, in parentheses.
    package static func tryLock(_ key: LockKey) -> SQL {
        var sql = SQL(unsafeSQL: "(\(SQL.tryLockMark)(")
        sql.append(binding: .integer(key.value))
        sql.append(SQL(unsafeSQL: "))"))
        return sql
    }

    @usableFromInline
    mutating func append(binding value: SQLValue) {
        // A literal that fits into a String's own words: nothing is allocated and nothing looked up.
        self.text += "\u{1F}"
        self.bindings.append(value)
    }

    mutating func append(binding value: SQLValue, after separator: String) {
        self.text += separator
        self.append(binding: value)
    }

    /// Collects the parts of a literal.
    public struct Interpolation: StringInterpolationProtocol {
        @usableFromInline var sql = SQL(unsafeSQL: "")

        // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
        public init(literalCapacity: Int, interpolationCount: Int) {
            self.sql.text.reserveCapacity(literalCapacity + interpolationCount * 8)
            self.sql.bindings.reserveCapacity(interpolationCount)
        }

        /// Appends the statement's own text as it stands.
        public mutating func appendLiteral(_ literal: String) { self.sql.text += literal }

        /// Binds a value.
        @inlinable
        public mutating func appendInterpolation(_ value: some ColumnValue) {
            self.sql.append(binding: value.sqlValue)
        }

        /// Binds a value or NULL.
        @inlinable
        public mutating func appendInterpolation(_ value: (some ColumnValue)?) {
            self.sql.append(binding: value?.sqlValue ?? .null)
        }

        /// Binds an organization, which must be the transaction's own.
        public mutating func appendInterpolation(_ organization: OrganizationID) {
            self.sql.append(binding: organization.sqlValue)
            self.sql.organizations.append(organization)
        }

        /// Inserts more SQL with its bindings.
        public mutating func appendInterpolation(_ sql: SQL) { self.sql.append(sql) }

        /// Names a table.
        public mutating func appendInterpolation(_ table: Table) {
            self.sql.text += "\u{1E}"
            self.sql.text += table.namespace.name
            self.sql.text += "."
            self.sql.text += table.name
            self.sql.text += "\u{1E}"
            if table.ownership == .organization { self.sql.touchesOrganizations = true }
        }

        /// Names columns, separated by commas.
        public mutating func appendInterpolation(_ columns: Columns) { self.sql.text += columns.list }

        /// Binds each value of a list, as in `WHERE id IN \(list: ids)`.
        ///
        /// An empty list matches nothing.
        @inlinable
        public mutating func appendInterpolation(list values: [some ColumnValue]) {
            self.append(list: values.map(\.sqlValue))
        }

        @usableFromInline
        mutating func append(list values: [SQLValue]) {
            self.sql.text += "("
            var isFirst = true
            for value in values {
                if !isFirst { self.sql.text += ", " }
                isFirst = false
                self.sql.append(binding: value)
            }
            self.sql.text += values.isEmpty ? "NULL)" : ")"
        }
    }
}
