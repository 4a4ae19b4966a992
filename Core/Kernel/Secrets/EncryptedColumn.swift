public import AlmanacStorage

/// A column whose values are sealed by the ``KeyRing``.
///
/// Declared, so that a rotation of keys finds it; see ``Declaration/encryptedColumns``. The column is of type `bytes`,
/// may be NULL, and holds nothing but what ``KeyRing/seal(_:in:)`` has made.
public struct EncryptedColumn: Sendable {
    /// A column by which a row is known, besides the organization.
    public struct Key: Sendable {
        enum Kind { case uuid, text, integer }

        let name: String
        let kind: Kind

        /// A column of identifiers.
        public static func uuid(_ name: StaticString) -> Key { Key(name: "\(name)", kind: .uuid) }
        /// A column of text.
        public static func text(_ name: StaticString) -> Key { Key(name: "\(name)", kind: .text) }
        /// A column of whole numbers.
        public static func integer(_ name: StaticString) -> Key { Key(name: "\(name)", kind: .integer) }
    }

    /// One value's place: a sealed value opens nowhere else.
    public struct Cell: Sendable {
        let column: EncryptedColumn
        let organization: OrganizationID?
        let key: [SQLValue]
    }

    let table: Table
    let name: String
    let keys: [Key]

    /// Declares a column.
    ///
    /// - Parameters:
    ///   - table: Its table.
    ///   - name: Its name.
    ///   - keys: The columns by which a row is known, which never change; those of the primary key, without the
    ///     organization.
    public init(_ table: Table, _ name: StaticString, keys: Key...) {
        self.table = table
        self.name = "\(name)"
        self.keys = keys
    }

    /// The place of a row's value in a table of an organization.
    public func cell(in organization: OrganizationID, _ key: any ColumnValue...) -> Cell {
        Cell(column: self, organization: organization, key: key.map(\.sqlValue))
    }

    /// The place of a row's value in a table of the deployment.
    public func cell(_ key: any ColumnValue...) -> Cell {
        Cell(column: self, organization: nil, key: key.map(\.sqlValue))
    }

    /// What names it in messages.
    var label: String { "\(self.table.namespace.name).\(self.table.name).\(self.name)" }
}

extension EncryptedColumn.Cell {
    /// The place as bytes, to be authenticated with the value: each part with its length, so that no two places have
    /// the same bytes.
    ///
    /// - Throws: ``SecretsError`` `wrongPlace` when it is named otherwise than the column is declared.
    func authenticatedBytes() throws -> [UInt8] {
        let belongs = self.column.table.ownership == .organization
        guard belongs == (self.organization != nil), self.key.count == self.column.keys.count else {
            throw SecretsError(.wrongPlace, "a value of \(self.column.label) is not named as the column is declared")
        }
        var bytes = Array("almanac field 1".utf8)
        func append(_ part: [UInt8]) {
            withUnsafeBytes(of: UInt32(clamping: part.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: part)
        }
        append(Array(self.column.table.namespace.name.utf8))
        append(Array(self.column.table.name.utf8))
        append(Array(self.column.name.utf8))
        append(self.organization.map { Self.bytes($0.high, $0.low) } ?? [])
        for (value, key) in zip(self.key, self.column.keys) { append(try self.bytes(value, as: key)) }
        return bytes
    }

    private func bytes(_ value: SQLValue, as key: EncryptedColumn.Key) throws -> [UInt8] {
        switch (value, key.kind) {
        case (.uuid(let high, let low), .uuid): return [1] + Self.bytes(high, low)
        case (.text(let text), .text): return [2] + Array(text.utf8)
        case (.integer(let number), .integer): return [3] + Self.bytes(UInt64(bitPattern: number))
        default:
            throw SecretsError(.wrongPlace, "\(key.name) of \(self.column.label) is declared to be of another type")
        }
    }

    private static func bytes(_ words: UInt64...) -> [UInt8] {
        words.flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
    }
}
