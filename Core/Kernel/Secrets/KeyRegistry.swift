internal import AlmanacStorage

/// Which keys a database is encrypted with, as the database itself knows it.
///
/// It is how a start with the wrong key file is told from a first start.
struct KeyRegistry: Sendable {
    static let table = Table(.kernel, "encryption_key", ownership: .deployment)

    static let migrationStep = CreateTable(Self.table) {
        Column("id", .bytes)
        Column("registered_at", .instant)
        PrimaryKey("id")
    }

    private static let lock = LockKey("encryption keys", ID<KeyRegistry>(high: 0, low: 0))

    let database: Database

    /// The keys with which something has been sealed, or may have been.
    func all() async throws -> [KeyID] {
        let found = try await self.database.read(in: .system(SystemScope("keys of the database"))) { tx in
            try tx.values("SELECT id FROM \(Self.table) ORDER BY id", as: [UInt8].self)
        }
        return found.compactMap { KeyID(bytes: $0) }
    }

    /// Notes a key, before anything is sealed with it.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - asFirst: Whether it is refused when there are others.
    /// - Returns: Whether it is noted now.
    /// - Throws: ``AlmanacStorage/StorageError``.
    func register(_ key: KeyID, asFirst: Bool = false) async throws -> Bool {
        try await self.database.write(in: .system(SystemScope("note a key"))) { tx in
            try tx.lock([Self.lock])
            if asFirst, try tx.value("SELECT id FROM \(Self.table) WHERE id <> \(key.bytes)", as: [UInt8].self) != nil {
                return false
            }
            try tx.execute(
                """
                INSERT INTO \(Self.table) (id, registered_at) VALUES (\(key.bytes), \(tx.now))
                ON CONFLICT (id) DO NOTHING
                """)
            return true
        }
    }

    /// Forgets a key with which nothing is sealed.
    func remove(_ key: KeyID) async throws {
        try await self.database.write(in: .system(SystemScope("forget a key"))) { tx in
            _ = try tx.execute("DELETE FROM \(Self.table) WHERE id = \(key.bytes)")
        }
    }
}
