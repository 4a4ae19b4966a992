import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// What a backup is, and what becomes of one that was tampered with.
struct BackupTests {
    @Test(arguments: TestEngine.allCases)
    func saysWhatIsInItAndIsItsOwnersOnly(_ engine: TestEngine) async throws {
        try await withBackups(engine) { fixture in
            let made = try await fixture.backUp()
            let description = try JSON(parsing: try fixture.bytes("backup.json"))
            let files = try FileManager.default.contentsOfDirectory(atPath: made.path).sorted()
            let data = engine == .sqlite ? "database.sqlite" : "database.dump"
            let users = try await fixture.rows(fixture.home, "SELECT count(*) FROM {kernel.user_account}")

            #expect(files == ["SHA256SUMS", "backup.json", data])
            #expect(made.description.engine == engine.rawValue)
            #expect(made.description.organizations == ["lindenhof"])
            #expect(made.description.rows > 80)
            #expect(made.description.keys.count == 1)
            let tables = try #require(description["tables"]?.array)
            let user = tables.first { $0["table"]?.string == "kernel.user_account" }
            #expect(user?["rows"]?.int.map { "\($0)" } == users[0][0])
            #expect(tables.contains { $0["table"]?.string == "bookings.booking" })
            #expect(description["notIncluded"]?["keys"] != nil)
            #expect(!String(decoding: try fixture.bytes("SHA256SUMS"), as: UTF8.self).contains("/"))
            for file in files {
                let mode = try FileManager.default.attributesOfItem(atPath: "\(made.path)/\(file)")[.posixPermissions]
                #expect(mode as? Int == 0o600, "\(file)")
            }
            let mode = try FileManager.default.attributesOfItem(atPath: made.path)[.posixPermissions]
            #expect(mode as? Int == 0o700)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func overwritesNothing(_ engine: TestEngine) async throws {
        try await withBackups(engine) { fixture in
            let first = try await fixture.backUp()
            let again = await #expect(throws: StorageError.self) { try await fixture.backUp() }
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(fixture.place)/file"))
            let file = await #expect(throws: StorageError.self) { try await fixture.backUp("file") }
            let named = try await BackupWriter(fixture.home.blueprint(), logger: DeploymentFolder.logger)
                .write(to: fixture.place)
            let names = try FileManager.default.contentsOfDirectory(atPath: fixture.place).sorted()

            #expect(again?.code == .uniqueViolation)
            #expect(file?.code == .uniqueViolation)
            #expect(named.path.contains("/backups/lindenhof-2"))
            #expect(names.count == 3, "\(names)")
            // Two backups of the same data say the same of it.
            #expect(
                named.description.rows == first.description.rows && named.description.keys == first.description.keys)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aByteThatWasChangedAnywhereIsNoticed(_ engine: TestEngine) async throws {
        try await withBackups(engine) { fixture in
            try await fixture.backUp()
            for file in ["SHA256SUMS", "backup.json", engine == .sqlite ? "database.sqlite" : "database.dump"] {
                let whole = try fixture.bytes(file)
                var places = [0, 1, whole.count / 4, whole.count / 2, whole.count * 3 / 4, whole.count - 1]
                // Of small files each region.
                if whole.count < 20_000 { places += stride(from: 0, to: whole.count, by: max(whole.count / 40, 1)) }
                for place in places {
                    var changed = whole
                    changed[place] ^= 1
                    try fixture.write(changed, to: file)
                    await #expect(throws: StorageError.self, "\(file) \(place)") { try await fixture.restore() }
                }
                try fixture.write(Array(whole.dropLast()), to: file)
                await #expect(throws: StorageError.self, "\(file) cut off") { try await fixture.restore() }
                try fixture.write(whole + [0x0A], to: file)
                await #expect(throws: StorageError.self, "\(file) made longer") { try await fixture.restore() }
                try FileManager.default.removeItem(atPath: "\(fixture.place)/backup/\(file)")
                await #expect(throws: StorageError.self, "\(file) taken away") { try await fixture.restore() }
                try fixture.write(whole, to: file)
            }
            #expect(try await fixture.isAwayEmpty(engine))
            await #expect(throws: Never.self) { try await fixture.restore() }
        }
    }

    /// Whoever changes the data and all checksums still has to match the counts and hashes of tables.
    @Test
    func dataThatIsNotWhatTheDescriptionSaysIsNoticed() async throws {
        try await withBackups(.sqlite) { fixture in
            let made = try await fixture.backUp()
            let path = "\(made.path)/database.sqlite"
            try SQLiteBackup.fill(path) { try $0.run("DELETE FROM kernel_audit_seal WHERE position = 1") }
            let content = try FileDigest.of(path)
            let text = String(decoding: try fixture.bytes("backup.json"), as: UTF8.self)
                .replacingOccurrences(of: made.description.digest, with: content.digest)
                .replacingOccurrences(of: "\"bytes\":\(made.description.bytes)", with: "\"bytes\":\(content.bytes)")
            try fixture.write(Array(text.utf8), to: "backup.json")
            let sums = "\(content.digest)  database.sqlite\n\(FileDigest.of(Array(text.utf8)))  backup.json\n"
            try fixture.write(Array(sums.utf8), to: "SHA256SUMS")

            let error = await #expect(throws: StorageError.self) { try await fixture.restore() }
            #expect(error?.message.contains("kernel.audit_seal came back with") == true, "\(String(describing: error))")
            #expect(try await fixture.isAwayEmpty(.sqlite))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nothingIsBackedUpWhereNothingIs(_ engine: TestEngine) async throws {
        try await withBackups(engine) { fixture in
            let error = await #expect(throws: StorageError.self) {
                try await BackupWriter(fixture.away.blueprint(), logger: DeploymentFolder.logger)
                    .write(to: "\(fixture.place)/nothing")
            }
            #expect(error?.message.contains("nothing to back up") == true)
            let names = try FileManager.default.contentsOfDirectory(atPath: fixture.place)
            #expect(names.isEmpty)
        }
    }
}
