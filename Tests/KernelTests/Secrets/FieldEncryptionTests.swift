import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// The keys of a database at the start, and in a rotation.
struct FieldEncryptionTests {
    @Test("v5.0.0-14.2.4 what is sealed stands nowhere in the database", arguments: TestEngine.allCases)
    func whatIsSealedStandsNowhere(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            let id = try await vault.add("canary-7731", note: "canary-7731")
            let column = engine == .sqlite ? "hex(secret)" : "encode(secret, 'hex')"
            let rows = try await vault.platform.database.rows("SELECT \(column) FROM {vault.item}")
            let stored = try #require(rows.first?.first?.flatMap { $0 })
            let canary = Array("canary".utf8).map { String($0, radix: 16) }.joined()

            #expect(!stored.lowercased().contains(canary))
            #expect(try await vault.read(id) == "canary-7731")
        }
    }

    @Test("v5.0.0-11.3.3 values swapped between rows do not open", arguments: TestEngine.allCases)
    func swappedValuesDoNotOpen(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            let (first, second) = (try await vault.add("first"), try await vault.add("second"))
            let elsewhere = try await vault.add("elsewhere", in: .south)
            // Each row gets the value of the next.
            try await vault.database.write(in: .system(SystemScope("tamper"))) { tx in
                let ids = [first, second, elsewhere]
                let values = try ids.map { id in
                    try tx.value("SELECT secret FROM \(Vault.table) WHERE id = \(id)", as: [UInt8].self) ?? []
                }
                for (index, id) in ids.enumerated() {
                    _ = try tx.execute("UPDATE \(Vault.table) SET secret = \(values[(index + 1) % 3]) WHERE id = \(id)")
                }
            }
            for (id, place) in [(first, TestPlace.north), (second, .north), (elsewhere, .south)] {
                let error = await secretsError { _ = try await vault.read(id, in: place) }
                #expect(error?.code == .unreadable)
                #expect(error?.description.contains("vault.item.secret") == true)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRotationReachesEveryColumnOfEveryPlugin(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            var ids: [(ID<VaultItem>, TestPlace)] = []
            for index in 0..<230 {
                for place in TestPlace.allCases { ids.append((try await vault.add("\(index)", in: place), place)) }
            }
            let noted = try await vault.add("x", note: "y")
            for name in ["a", "b"] {
                for number in 1...3 { try await vault.share("\(name)\(number)", as: name, number) }
            }
            #expect(try await vault.readShared("b", 3) == "b3")
            let list = try vault.keys.rotate(seed: 99)
            let former = try #require(list.keys.first { $0.state == .former })
            #expect(try await vault.encryption.usage() == [former.id: 468])

            let pass = try await vault.encryption.reseal()

            #expect(pass == FieldEncryption.Pass(resealed: 468))
            #expect(try await vault.encryption.usage() == [list.primary.id: 468])
            vault.keys.set(try list.removing(former.id))
            for (index, (id, place)) in ids.enumerated() {
                #expect(try await vault.read(id, in: place) == "\(index / 2)")
            }
            #expect(try await vault.read(noted) == "x")
            #expect(try await vault.readShared("b", 3) == "b3")
            #expect(try await vault.encryption.reseal() == FieldEncryption.Pass())
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRowThatChangesMeanwhileIsNotOverwritten(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            let (kept, changed) = (try await vault.add("kept"), try await vault.add("old"))
            let primary = try vault.keys.rotate(seed: 99).primary.id
            _ = try vault.ring.reload()
            let rows = EncryptedRows(Vault.secret, in: vault.platform.runtime.database)
            let found = try await rows.notSealed(with: primary, after: nil, limit: 10)
            let replacements = try found.map { row in
                (row: row, sealed: try vault.ring.seal(vault.ring.open(row.sealed, in: row.cell), in: row.cell))
            }
            let (north, ring) = (try vault.platform.organization().id, vault.ring)
            try await vault.database.write(in: .organization(north)) { tx in
                let sealed = try ring.seal(Array("new".utf8), in: Vault.secret.cell(in: north, changed))
                _ = try tx.execute(
                    """
                    UPDATE \(Vault.table) SET secret = \(sealed) WHERE organization_id = \(north) AND id = \(changed)
                    """)
            }

            #expect(replacements.count == 2)
            #expect(try await rows.replace(replacements) == 1)
            #expect(try await vault.read(changed) == "new")
            #expect(try await vault.read(kept) == "kept")
            #expect(try await rows.notSealed(with: primary, after: nil, limit: 10).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatCannotBeOpenedIsCountedAndStaysAsItIs(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            let lost = try await vault.add("lost")
            let first = try #require(try vault.keys.read())
            vault.keys.set(KeyList(firstAt: TestClock.start, random: SeededRandom(seed: 5)))
            vault.platform.clock.advance(seconds: 61)
            let found = try await vault.add("found")
            try vault.keys.rotate(seed: 6)

            let pass = try await vault.encryption.reseal()

            #expect(pass.resealed == 1)
            #expect(pass.unreadable == 1)
            #expect(pass.unknownKeys == [first.primary.id])
            #expect(try await vault.read(found) == "found")
            vault.keys.set(first)
            vault.platform.clock.advance(seconds: 61)
            #expect(try await vault.read(lost) == "lost")
        }
    }

    // MARK: Starting

    @Test(arguments: TestEngine.allCases)
    func theFirstStartMakesAKeyAndTheNextFindsIt(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            vault.keys.set(nil)
            #expect(try await vault.otherProcess().prepare() == "the test")
            let made = try #require(try vault.keys.read()).primary.id
            #expect(try await vault.otherProcess().prepare() == nil)
            #expect(try vault.keys.read()?.primary.id == made)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aDatabaseWhoseKeyIsGoneIsRefusedAndKeepsItsValues(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            let list = try #require(try vault.keys.read())
            _ = try await vault.encryption.prepare()
            let id = try await vault.add("precious")
            for replacement in [nil, KeyList(firstAt: TestClock.start, random: SeededRandom(seed: 5))] {
                vault.keys.set(replacement)
                let error = await secretsError { _ = try await vault.otherProcess().prepare() }
                #expect(error?.code == .unknownKey(list.primary.id))
                #expect(error?.description.contains("restore that key from your") == true)
                // No key was made in the place of the one that is missing.
                #expect(try vault.keys.read()?.text == replacement?.text)
            }
            vault.keys.set(list)
            _ = try await vault.otherProcess().prepare()
            #expect(try await vault.read(id) == "precious")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aLostKeyIsGivenUpOnlyOnPurpose(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            let list = try #require(try vault.keys.read())
            _ = try await vault.encryption.prepare()
            let id = try await vault.add("precious")
            let lost = list.primary.id
            let present = await secretsError { _ = try await vault.encryption.forget(lost, abandonsValues: true) }
            vault.keys.set(nil)
            let careless = await secretsError { _ = try await vault.encryption.forget(lost, abandonsValues: false) }
            #expect(present?.description.contains("nothing to give up") == true)
            #expect(careless?.description.contains("1 values are encrypted with the key \(lost)") == true)
            #expect(await secretsError { _ = try await vault.otherProcess().prepare() } != nil)

            #expect(try await vault.encryption.forget(lost, abandonsValues: true) == 1)
            #expect(try await vault.otherProcess().prepare() == "the test")
            // Somebody finds it after all.
            vault.keys.set(list)
            #expect(try await vault.read(id) == "precious")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func twoHostsThatBeginAtOnceDoNotBothMakeTheFirstKey(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            let database = vault.platform.runtime.database
            let hosts = (0..<8).map { index -> FieldEncryption in
                let keys = TestKeys()
                keys.set(nil)
                let random = SeededRandom(seed: UInt64(1_000 + index))
                return FieldEncryption(
                    KeyRing(keys, clock: vault.platform.clock, random: random), columns: [], database: database,
                    random: random)
            }
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for host in hosts { group.addTask { (try? await host.prepare()) != nil } }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.filter(\.self).count == 1)
            let registered = try await KeyRegistry(database: database).all()
            let kept = hosts.filter { ((try? $0.ring.source.read()) ?? nil) != nil }
            #expect(registered.count == 1)
            #expect(kept.count == 1)
        }
    }

    // MARK: Retiring

    @Test(arguments: TestEngine.allCases)
    func aKeyIsRetiredWhenNoServerAndNoValueUsesIt(_ engine: TestEngine) async throws {
        try await withVault(engine) { vault in
            _ = try await vault.encryption.prepare()
            let id = try await vault.add("value")
            let list = try vault.keys.rotate(seed: 99, at: vault.platform.clock.now)
            let former = try #require(list.keys.first { $0.state == .former })
            let refusals = [
                await secretsError { try await vault.encryption.retire(list.primary) },
                await secretsError { try await vault.encryption.retire(former) },
            ]
            vault.platform.clock.advance(seconds: FieldEncryption.retirementSeconds)
            let inUse = await secretsError { try await vault.encryption.retire(former) }
            _ = try await vault.encryption.reseal()
            try await vault.encryption.retire(former)
            vault.keys.set(try list.removing(former.id))

            #expect(refusals.allSatisfy { $0?.code == .badKeys })
            #expect(inUse?.description.contains("1 value is still encrypted") == true)
            #expect(try await vault.otherProcess().prepare() == nil)
            #expect(try await vault.read(id) == "value")
        }
    }
}
