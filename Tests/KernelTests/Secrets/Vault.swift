import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// A plugin that keeps secrets: in a table of an organization and in one of the deployment.
struct Vault: BarePlugin {
    static let id: PluginID = "vault"
    static let table = Table(Self.id.namespace, "item")
    static let shared = Table(Self.id.namespace, "shared_item", ownership: .deployment)
    static let secret = EncryptedColumn(Self.table, "secret", keys: .uuid("id"))
    static let note = EncryptedColumn(Self.table, "note", keys: .uuid("id"))
    static let sharedSecret = EncryptedColumn(Self.shared, "secret", keys: .text("name"), .integer("number"))

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Keeps secrets",
        migrations: [
            Migration(1, "items") {
                CreateTable(Self.table) {
                    Column("id", .uuid)
                    Column("secret", .bytes, optional: true)
                    Column("note", .bytes, optional: true)
                    PrimaryKey("id")
                }
                CreateTable(Self.shared) {
                    Column("name", .text)
                    Column("number", .integer)
                    Column("secret", .bytes, optional: true)
                    PrimaryKey("name", "number")
                }
            }
        ],
        encryptedColumns: [Self.secret, Self.note, Self.sharedSecret])
}

/// Stands for an item in the type of its identifier.
enum VaultItem {}

/// A platform with a vault, whose keys the test turns.
struct VaultFixture {
    let platform: TestPlatform
    let keys: TestKeys

    var encryption: FieldEncryption { self.platform.runtime.encryption }
    var ring: KeyRing { self.encryption.ring }
    var database: Database { self.platform.database(of: Vault.id) }

    /// Another process with the same keys and database.
    func otherProcess() -> FieldEncryption {
        let ring = KeyRing(self.keys, clock: self.platform.clock, random: SeededRandom(seed: 0x0DD))
        return FieldEncryption(
            ring, columns: Vault.declaration.encryptedColumns, database: self.platform.runtime.database,
            random: SeededRandom(seed: 0x0DE))
    }

    func add(_ text: String, in place: TestPlace = .north, note: String? = nil) async throws -> ID<VaultItem> {
        let (organization, ring) = (try self.platform.organization(place).id, self.ring)
        return try await self.database.write(in: .organization(organization)) { tx in
            let id: ID<VaultItem> = tx.id()
            let sealed = try ring.seal(Array(text.utf8), in: Vault.secret.cell(in: organization, id))
            let note = try note.map { try ring.seal(Array($0.utf8), in: Vault.note.cell(in: organization, id)) }
            try tx.execute(
                """
                INSERT INTO \(Vault.table) (organization_id, id, secret, note)
                VALUES (\(organization), \(id), \(sealed), \(note))
                """)
            return id
        }
    }

    func share(_ text: String, as name: String, _ number: Int) async throws {
        let ring = self.ring
        try await self.database.write(in: .system(SystemScope("test"))) { tx in
            let sealed = try ring.seal(Array(text.utf8), in: Vault.sharedSecret.cell(name, number))
            _ = try tx.execute(
                "INSERT INTO \(Vault.shared) (name, number, secret) VALUES (\(name), \(number), \(sealed))")
        }
    }

    func read(_ id: ID<VaultItem>, in place: TestPlace = .north, by ring: KeyRing? = nil) async throws -> String {
        let (organization, ring) = (try self.platform.organization(place).id, ring ?? self.ring)
        return try await self.database.read(in: .organization(organization)) { tx in
            let sealed = try tx.value(
                "SELECT secret FROM \(Vault.table) WHERE organization_id = \(organization) AND id = \(id)",
                as: [UInt8].self)
            let bytes = try ring.open(sealed ?? [], in: Vault.secret.cell(in: organization, id))
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    func readShared(_ name: String, _ number: Int) async throws -> String {
        let ring = self.ring
        return try await self.database.read(in: .system(SystemScope("test"))) { tx in
            let sealed = try tx.value(
                "SELECT secret FROM \(Vault.shared) WHERE name = \(name) AND number = \(number)", as: [UInt8].self)
            return String(
                decoding: try ring.open(sealed ?? [], in: Vault.sharedSecret.cell(name, number)), as: UTF8.self)
        }
    }
}

func withVault(_ engine: TestEngine, _ body: (VaultFixture) async throws -> Void) async throws {
    var setup = TestPlatform.Setup()
    setup.keys = TestKeys()
    let keys = setup.keys
    try await withPlatform(engine, plugins: [Vault.self], setup: setup) { platform in
        try await body(VaultFixture(platform: platform, keys: keys))
    }
}

/// What the keys refuse; `nil` for any other outcome.
func secretsError(_ body: () async throws -> Void) async -> SecretsError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? SecretsError
    }
}
