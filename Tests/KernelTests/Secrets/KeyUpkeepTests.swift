import AlmanacStorage
import AlmanacTestKit
import Logging
import Testing

@testable import AlmanacKernel

/// The server's own part in a rotation.
struct KeyUpkeepTests {
    @Test(arguments: TestEngine.allCases)
    func sealsAgainAtOnceAndOnceMoreForOtherHosts(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let upkeep = KeyUpkeep(vault.encryption, clock: vault.platform.clock, logger: logger)
            let slow = vault.otherProcess()
            _ = try await vault.add("value")
            #expect(try await upkeep.step() == FieldEncryption.Pass())
            vault.platform.clock.advance(seconds: 120)
            #expect(try await upkeep.step() == FieldEncryption.Pass())
            #expect(try await upkeep.step() == nil)
            _ = try slow.ring.reload()

            try vault.keys.rotate(seed: 99)
            vault.platform.clock.advance(seconds: 30)
            #expect(try await upkeep.step() == FieldEncryption.Pass(resealed: 1))
            // A host that has not noticed yet seals with the former key.
            let (north, ring) = (try vault.platform.organization().id, slow.ring)
            try await vault.database.write(in: .organization(north)) { tx in
                let id: ID<VaultItem> = tx.id()
                let sealed = try ring.seal(Array("late".utf8), in: Vault.secret.cell(in: north, id))
                _ = try tx.execute(
                    "INSERT INTO \(Vault.table) (organization_id, id, secret) VALUES (\(north), \(id), \(sealed))")
            }
            #expect(try await vault.encryption.usage().count == 2)
            vault.platform.clock.advance(seconds: 119)
            #expect(try await upkeep.step() == nil)
            vault.platform.clock.advance(seconds: 1)
            #expect(try await upkeep.step() == FieldEncryption.Pass(resealed: 1))
            #expect(try await vault.encryption.usage().count == 1)
        }
    }
}
