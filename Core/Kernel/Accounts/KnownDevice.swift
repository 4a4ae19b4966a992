internal import AlmanacStorage

/// A device on which a user has signed in before; it is told from strangers by a ``DeviceToken``.
enum KnownDevice {
    static let table = Table(.kernel, "known_device", ownership: .deployment)

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("user_id", .uuid)
            Column("token_hash", .bytes)
            Column("created_at", .instant)
            Column("last_used_at", .instant)
            PrimaryKey("id")
            Unique("token_hash")
            ForeignKey("user_id", references: User.table, onDelete: .cascade)
        },
        CreateIndex(on: Self.table, "user_id"),
        CreateIndex(on: Self.table, "last_used_at"),
    ]

    /// How many devices of a user are known; the one that was not used for longest is forgotten.
    static let limitPerUser = 20
    /// Seconds after which a device that is not used is forgotten.
    static let memorySeconds: Int64 = 365 * 86_400

    /// The device with this token, if it is one of the user's.
    static func find(_ token: DeviceToken, of user: ID<User>, _ tx: ReadTransaction) throws -> ID<KnownDevice>? {
        try tx.value(
            """
            SELECT id FROM \(self.table)
            WHERE token_hash = \(token.digest) AND user_id = \(user)
                AND last_used_at > \(tx.now.adding(seconds: -self.memorySeconds))
            """, as: ID<KnownDevice>.self)
    }

    /// Notes that a device was used, or makes it known.
    static func note(_ known: ID<KnownDevice>?, _ token: DeviceToken, of user: ID<User>, _ tx: Transaction) throws {
        if let known {
            return try tx.post("UPDATE \(self.table) SET last_used_at = \(tx.now) WHERE id = \(known)")
        }
        try tx.post(
            """
            INSERT INTO \(self.table) (id, user_id, token_hash, created_at, last_used_at)
            VALUES (\(tx.id(KnownDevice.self)), \(user), \(token.digest), \(tx.now), \(tx.now))
            """)
        try tx.post(
            """
            DELETE FROM \(self.table) WHERE user_id = \(user) AND id NOT IN (
                SELECT id FROM \(self.table) WHERE user_id = \(user)
                ORDER BY last_used_at DESC, id DESC LIMIT \(self.limitPerUser))
            """)
    }
}
