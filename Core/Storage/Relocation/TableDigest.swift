internal import Crypto

/// How many rows a table has, and a hash over all of them that is the same on both engines.
///
/// The hash is SHA-256 over the names of the columns and every row in the order of its key. Values are hashed as what
/// they mean: a UUID is 16 bytes, a JSON document is hashed without regard to white space, the order of members and
/// the spelling of numbers, of which every digit counts. Marks of the order of commits are left out: another database
/// has others.
package struct TableDigest: Sendable, Equatable {
    /// The table with its room, as `kernel.session`.
    package let table: String
    /// How many rows it has.
    package let rows: Int
    /// SHA-256 in hexadecimal.
    package let digest: String

    /// States a digest that was taken before.
    package init(table: String, rows: Int, digest: String) {
        self.table = table
        self.rows = rows
        self.digest = digest
    }
}

extension RowConnection {
    /// Hashes tables, as this connection's transaction sees them.
    ///
    /// - Parameter tables: The tables.
    /// - Returns: A digest each, in the same order.
    /// - Throws: What the database refuses; ``StorageError`` with code `statement` for JSON that is none.
    package func digests(of tables: [StoredTable]) throws -> [TableDigest] {
        try tables.map { try self.digest(of: $0) }
    }

    private func digest(of table: StoredTable) throws -> TableDigest {
        // By name: columns may have been added in another order.
        let order = table.columns.indices.sorted {
            table.columns[$0].name.utf8.lexicographicallyPrecedes(table.columns[$1].name.utf8)
        }
        var hash = SHA256()
        var sink = DigestSink()
        for place in order { sink.put(table.columns[place].name) }
        var rows = 0
        try self.forEachRow(of: table, in: .key) { values in
            for place in order { try sink.put(values[place], as: table.columns[place], of: table) }
            rows += 1
            hash.update(data: sink.bytes)
            sink.bytes.removeAll(keepingCapacity: true)
        }
        hash.update(data: sink.bytes)
        return TableDigest(table: table.name, rows: rows, digest: Hexadecimal.encode(Array(hash.finalize())))
    }
}

/// The bytes that are hashed: each value with its kind and its length, so that no two rows give the same bytes.
private struct DigestSink {
    var bytes: [UInt8] = []

    private enum Kind: UInt8 {
        case null, integer, real, text, blob, uuid, bool, json
    }

    mutating func put(_ value: SQLValue, as column: StoredTable.Column, of table: StoredTable) throws {
        switch value {
        case .null: self.bytes.append(Kind.null.rawValue)
        case .integer(let number): self.put(.integer, UInt64(bitPattern: number))
        // Zero has two signs, which an engine may not tell.
        case .real(let number): self.put(.real, number == 0 ? 0 : number.bitPattern)
        case .bool(let truth): self.bytes += [Kind.bool.rawValue, truth ? 1 : 0]
        case .uuid(let high, let low):
            self.put(.uuid, high)
            self.append(low)
        case .blob(let blob): self.put(.blob, blob)
        case .text(let text) where column.type == .json:
            guard let document = try? JSON(stored: text) else {
                throw StorageError(.statement, "the column \(column.name) of \(table.name) holds what is no JSON")
            }
            self.put(.json, document.exactForm)
        case .text(let text): self.put(.text, Array(text.utf8))
        }
    }

    mutating func put(_ name: String) { self.put(.text, Array(name.utf8)) }

    private mutating func put(_ kind: Kind, _ bytes: [UInt8]) {
        self.put(kind, UInt64(bytes.count))
        self.bytes += bytes
    }

    private mutating func put(_ kind: Kind, _ number: UInt64) {
        self.bytes.append(kind.rawValue)
        self.append(number)
    }

    private mutating func append(_ number: UInt64) {
        withUnsafeBytes(of: number.bigEndian) { self.bytes.append(contentsOf: $0) }
    }
}
