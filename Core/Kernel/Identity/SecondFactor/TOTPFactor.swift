internal import AlmanacStorage

/// A user's authenticator app: one for each user, whatever organizations they belong to.
struct TOTPFactor: Sendable, Record {
    static let table = Table(.kernel, "totp_factor", ownership: .deployment)
    static let secretColumn = EncryptedColumn(Self.table, "secret", keys: .uuid("user_id"))
    /// For how many seconds an enrolment waits for its first code.
    static let enrolmentSeconds: Int64 = 3_600

    static let migrationStep = CreateTable(Self.table) {
        Column("user_id", .uuid)
        Column("secret", .bytes)
        Column("enrolled_at", .instant)
        Column("confirmed_at", .instant, optional: true)
        Column("last_step", .integer, default: "0")
        PrimaryKey("user_id")
        ForeignKey("user_id", references: User.table, onDelete: .cascade)
    }

    static let columns: Columns = ["user_id", "secret", "enrolled_at", "confirmed_at", "last_step"]

    let user: ID<User>
    /// The shared secret, sealed.
    let secret: [UInt8]
    let enrolledAt: Instant
    /// When its first code came; until then it counts for nothing.
    let confirmedAt: Instant?
    /// The step of the latest code that was accepted; it and those before it are used up.
    let lastStep: Int64

    init(row: inout RowReader) throws {
        self.user = try row.next()
        self.secret = try row.next()
        self.enrolledAt = try row.next()
        self.confirmedAt = try row.nextIfPresent()
        self.lastStep = try row.next()
    }

    static func find(of user: ID<User>, in tx: ReadTransaction) throws -> TOTPFactor? {
        try tx.fetchOne("SELECT \(Self.columns) FROM \(Self.table) WHERE user_id = \(user)", as: TOTPFactor.self)
    }

    /// Where the secret stands.
    static func cell(of user: ID<User>) -> EncryptedColumn.Cell { self.secretColumn.cell(user) }

    /// Keeps a secret until its first code comes; a factor that counts already is left alone.
    static func enrol(_ user: ID<User>, secret: [UInt8], at now: Instant) -> SQL {
        """
        INSERT INTO \(Self.table) AS f (user_id, secret, enrolled_at) VALUES (\(user), \(secret), \(now))
        ON CONFLICT (user_id) DO UPDATE SET secret = \(secret), enrolled_at = \(now), last_step = 0
        WHERE f.confirmed_at IS NULL
        """
    }

    /// Makes the factor count, if it is still the one whose code was checked.
    func confirm(step: Int64, at now: Instant) -> SQL {
        """
        UPDATE \(Self.table) SET confirmed_at = \(now), last_step = \(step)
        WHERE user_id = \(self.user) AND confirmed_at IS NULL AND secret = \(self.secret)
        """
    }

    /// Uses up the code of a step and all before it: of several who send one at once, one succeeds.
    func use(step: Int64) -> SQL {
        """
        UPDATE \(Self.table) SET last_step = \(step)
        WHERE user_id = \(self.user) AND confirmed_at IS NOT NULL AND last_step < \(step)
        """
    }
}
