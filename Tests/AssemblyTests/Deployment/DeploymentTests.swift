import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

struct DeploymentTests {
    private static func manifest(_ storage: String) -> String {
        ManifestText.name + ManifestText.organization + storage + "\nplugins: {bookings: {}}\n"
    }

    @Test(arguments: TestEngine.allCases)
    func migratesOnce(_ engine: TestEngine) async throws {
        try await withDeploymentFolder(engine, Self.manifest) { folder in
            try await folder.open { deployment in
                let before = try await deployment.migrationStatus()
                let first = try await deployment.migrate()
                let second = try await deployment.migrate()
                let after = try await deployment.migrationStatus()

                #expect(before.map(\.plugin) == ["kernel", "bookings", "messaging"])
                #expect(before.allSatisfy { $0.applied == 0 && !$0.pending.isEmpty })
                #expect(first.count == before.flatMap(\.pending).count)
                #expect(second.isEmpty)
                #expect(after.allSatisfy { $0.pending.isEmpty })
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func establishesItsOrganizationOnce(_ engine: TestEngine) async throws {
        try await withDeploymentFolder(engine, Self.manifest) { folder in
            let first = try await folder.open { deployment in
                _ = try await deployment.migrate()
                return try await deployment.organization()
            }
            let second = try await folder.open { deployment in
                _ = try await deployment.migrate()
                #expect(try await deployment.runtime.organizations.all().count == 1)
                return try await deployment.organization()
            }

            #expect(first == second)
            #expect(first.slug == "lindenhof")
            #expect(first.currency == "EUR")
        }
    }

    @Test
    func migratesPluginsThatAreSwitchedOff() async throws {
        let manifest = { storage in
            ManifestText.name + ManifestText.organization + storage + "\nplugins: {bookings: {enabled: false}}\n"
        }
        try await withDeploymentFolder(.sqlite, manifest) { folder in
            try await folder.open { deployment in
                let applied = try await deployment.migrate()
                #expect(applied.contains { $0.plugin == "bookings" })
                #expect(deployment.blueprint.enabledPlugins.isEmpty)
            }
        }
    }

    @Test
    func confirmsOnlyWhatHasReachedTheDisk() async throws {
        try await withDeploymentFolder(.sqlite, Self.manifest) { folder in
            let level = try await folder.open { deployment in
                try await deployment.runtime.database.engine.maintain { try $0.rows("PRAGMA synchronous") }
            }
            // 2 is FULL.
            #expect(level == [["2"]])
        }
    }

    @Test
    func refusesASecondWriterOfASQLiteFile() async throws {
        try await withDeploymentFolder(.sqlite, Self.manifest) { folder in
            try await folder.open { _ in
                let error = await #expect(throws: StorageError.self) { try await folder.open { _ in } }
                #expect(error?.code == .locked)
                #expect(error?.message.contains("(test)") == true)
            }
            // Closing gives the file back.
            try await folder.open { _ in }
        }
    }
}
