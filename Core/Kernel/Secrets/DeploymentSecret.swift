package import AlmanacStorage
internal import Crypto
internal import Synchronization

/// A secret of the deployment that lies in its database, drawn by whichever host asks first.
///
/// It is as safe as the database is: fit for signing what only saves a look at the database, not for encrypting what
/// lies in it.
package final class DeploymentSecret: SigningKeys {
    static let table = Table(.kernel, "deployment_secret", ownership: .deployment)

    static let migrationStep = CreateTable(DeploymentSecret.table) {
        Column("name", .text)
        Column("secret", .bytes)
        Column("created_at", .instant)
        PrimaryKey("name")
    }

    private static let name = "signing"

    private let database: Database
    private let random: any RandomSource
    /// Keys by purpose; what was drawn never changes.
    private let keys = Mutex<[String: [UInt8]]>([:])

    package init(database: Database, random: any RandomSource) {
        self.database = database.entering(.kernel)
        self.random = random
    }

    package func key(for purpose: StaticString) async throws -> [UInt8] {
        let name = "\(purpose)"
        if let known = self.keys.withLock({ $0[name] }) { return known }
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: try await self.secret()), info: Array("almanac \(name)".utf8),
            outputByteCount: 32)
        let key = derived.withUnsafeBytes { Array($0) }
        self.keys.withLock { $0[name] = key }
        return key
    }

    /// The secret that is stored; the first to ask stores it, and everybody takes what is there then (RFC 5869 wants a
    /// secret of the length of the hash at least).
    private func secret() async throws -> [UInt8] {
        if let stored = try await self.database.read(in: Self.scope, { try Self.stored(in: $0) }) { return stored }
        let drawn = self.random.bytes(32)
        return try await self.database.write(in: Self.scope) { tx in
            try tx.execute(
                """
                INSERT INTO \(Self.table) (name, secret, created_at) VALUES (\(Self.name), \(drawn), \(tx.now))
                ON CONFLICT (name) DO NOTHING
                """)
            return try Self.stored(in: tx.reading) ?? drawn
        }
    }

    private static let scope = Scope.system(SystemScope("the deployment's signing secret"))

    private static func stored(in tx: ReadTransaction) throws -> [UInt8]? {
        try tx.value("SELECT secret FROM \(Self.table) WHERE name = \(Self.name)", as: [UInt8].self)
    }
}
