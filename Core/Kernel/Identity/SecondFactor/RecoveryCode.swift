internal import AlmanacStorage
internal import Crypto

/// A code on paper that stands for the authenticator app once, when that is lost.
///
/// 120 random bits, so that it can neither be guessed nor needs a slow hash (OWASP ASVS 5.0 6.5.2 asks for one below
/// 112 bits).
struct RecoveryCode: Sendable {
    /// How many a user has.
    static let count = 10
    private static let length = 15
    private static let letters = 24

    static let table = Table(.kernel, "recovery_code", ownership: .deployment)

    static let migrationStep = CreateTable(Self.table) {
        Column("user_id", .uuid)
        Column("hash", .bytes)
        Column("created_at", .instant)
        Column("used_at", .instant, optional: true)
        PrimaryKey("user_id", "hash")
        ForeignKey("user_id", references: User.table, onDelete: .cascade)
    }

    private let letters: String

    /// Draws a code.
    init(random: any RandomSource) {
        self.letters = Base32.encode(random.bytes(Self.length), Base32.legible)
    }

    /// Reads what a user typed: in either case, with or without hyphens and spaces, O for 0, I or L for 1.
    ///
    /// - Returns: `nil` when it cannot be a code.
    init?(_ text: String) {
        guard text.utf8.count <= 100 else { return nil }
        var letters: [UInt8] = []
        for byte in text.utf8 where byte != UInt8(ascii: "-") && byte != UInt8(ascii: " ") {
            let upper = (0x61...0x7A).contains(byte) ? byte - 0x20 : byte
            let letter: UInt8 =
                switch upper {
                case UInt8(ascii: "O"): UInt8(ascii: "0")
                case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
                default: upper
                }
            guard Base32.legible.contains(letter) else { return nil }
            letters.append(letter)
        }
        guard letters.count == Self.letters else { return nil }
        self.letters = String(decoding: letters, as: UTF8.self)
    }

    /// The code for its owner: `7K3MQA-…`, four groups of six.
    func reveal() -> String {
        let letters = Array(self.letters.utf8)
        return stride(from: 0, to: letters.count, by: 6).map { start in
            String(decoding: letters[start..<min(start + 6, letters.count)], as: UTF8.self)
        }.joined(separator: "-")
    }

    /// What is stored and looked up.
    func digest(of user: ID<User>) -> [UInt8] {
        Array(SHA256.hash(data: Array("\(user)\n\(self.letters)".utf8)))
    }

    // MARK: In the database

    /// Puts new codes in the place of a user's old ones.
    static func replace(_ codes: [RecoveryCode], of user: ID<User>, in tx: Transaction) throws {
        try self.removeAll(of: user, in: tx)
        for code in codes {
            try tx.execute(
                """
                INSERT INTO \(Self.table) (user_id, hash, created_at)
                VALUES (\(user), \(code.digest(of: user)), \(tx.now))
                """)
        }
    }

    static func removeAll(of user: ID<User>, in tx: Transaction) throws {
        try tx.execute("DELETE FROM \(Self.table) WHERE user_id = \(user)")
    }

    /// Uses a code up: of several who send it at once, one succeeds.
    func use(of user: ID<User>, at now: Instant) -> SQL {
        """
        UPDATE \(Self.table) SET used_at = \(now)
        WHERE user_id = \(user) AND hash = \(self.digest(of: user)) AND used_at IS NULL
        """
    }

    /// How many codes a user has left.
    static func left(of user: ID<User>, in tx: ReadTransaction) throws -> Int {
        try tx.value(
            "SELECT count(*) FROM \(Self.table) WHERE user_id = \(user) AND used_at IS NULL", as: Int.self) ?? 0
    }
}
