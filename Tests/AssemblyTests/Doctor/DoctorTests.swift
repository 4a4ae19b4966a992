import AlmanacAssembly
import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// What the doctor finds on either engine.
struct DoctorTests {
    @Test(arguments: TestEngine.allCases)
    func findsNothingWrongWithAFreshDeployment(_ engine: TestEngine) async throws {
        try await withExamined(engine) { fixture in
            let findings = try await fixture.examine()

            #expect(findings.allSatisfy { $0.severity != .problem }, "\(findings)")
            for check in ["database.reachable", "database.migrations", "clock.forward", "clock.past", "port"] {
                #expect(findings.severity(check) == .ok, "\(check)")
            }
            for check in ["disk", "zones", "libraries", "mail", "oidc", "keys", "clock.synchronized"] {
                #expect(findings.severity(check) != nil, "\(check)")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func changesNothingAndNeedsNoQuietServer(_ engine: TestEngine) async throws {
        try await withExamined(engine) { fixture in
            // A server has the database meanwhile; on SQLite nobody else may write to it.
            let findings = try await fixture.folder.open { _ in try await fixture.examine() }

            #expect(findings.severity("database.migrations") == .ok)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func findsMissingMigrations(_ engine: TestEngine) async throws {
        try await withDeploymentFolder(engine, DoctorFixture.manifest) { folder in
            let fixture = DoctorFixture(folder: folder, engine: engine)
            if engine == .sqlite {
                let before = try await fixture.examine()
                #expect(before.severity("database.reachable") == .warning)
                #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/data"))
            }
            try await folder.open { _ in }  // makes the file and no tables

            let empty = try await fixture.examine()
            #expect(empty.faults("database.migrations").count == 3)
            #expect(empty.severity("database.migrations") == .problem)

            try await folder.open { _ = try await $0.migrate() }
            try await fixture.run("DELETE FROM {kernel.migration} WHERE plugin = 'bookings' AND number > 1")
            let partly = try await fixture.examine()
            #expect(partly.faults("database.migrations").map(\.what).joined().contains("“2 availability”"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func findsEditedAndUnknownMigrations(_ engine: TestEngine) async throws {
        try await withExamined(engine) { fixture in
            try await fixture.run("UPDATE {kernel.migration} SET checksum = 'x' WHERE plugin = 'kernel' AND number = 2")
            try await fixture.run(
                "INSERT INTO {kernel.migration} (plugin, number, name, checksum, applied_at) "
                    + "VALUES ('bookings', 900, 'of the future', 'y', 0)")

            let faults = try await fixture.examine().faults("database.migrations")

            #expect(faults.map(\.severity) == [.problem, .problem])
            #expect(faults.first?.what.contains("kernel: changed after they had been applied: “2 ") == true)
            #expect(faults.last?.what.contains("bookings: this program does not know “900 of the future”") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func findsAClockThatIsBehindTheData(_ engine: TestEngine) async throws {
        try await withExamined(engine) { fixture in
            let future = SystemClock().now.adding(microseconds: 7_200_000_000)
            try await fixture.run(
                "UPDATE {kernel.migration} SET applied_at = \(future.microseconds) WHERE number = 1 AND plugin = 'kernel'"
            )

            #expect(try await fixture.examine().severity("clock.past") == .problem)
        }
    }

    @Test
    func saysThatAServerCannotBeReached() async throws {
        let section = "storage: {backend: postgres, url: \"${env:DB}\"}"
        let folder = try ManifestFolder(["plugins.yaml": DoctorFixture.manifest(section)])
        let deployment = DeploymentFolder(
            path: folder.path, environment: ["DB": "postgres://scott:tiger-secret@127.0.0.1:1/x"])

        let findings = try await DoctorFixture(folder: deployment, engine: .postgres).examine()

        #expect(findings.severity("database.reachable") == .problem)
        #expect(!findings.contains { "\($0)".contains("tiger-secret") })
        #expect(findings.severity("clock.forward") == .ok)  // the rest is examined all the same
    }

    @Test
    func saysThatAProviderCannotBeReached() async throws {
        let section = """
            storage: {backend: sqlite, path: none.sqlite}
            oidc:
              publicURL: https://book.example
              providers:
                work: {issuer: "http://127.0.0.1:1", clientID: school, clientSecret: "${env:SECRET}"}
            """
        let folder = try ManifestFolder(["plugins.yaml": DoctorFixture.manifest(section)])
        let deployment = DeploymentFolder(path: folder.path, environment: ["SECRET": "tiger-secret"])

        let findings = try await DoctorFixture(folder: deployment, engine: .sqlite).examine()

        #expect(findings.severity("oidc.work") == .problem)
        #expect(findings.first { $0.check == "oidc.work" }?.what.contains("http://127.0.0.1:1/.well-known") == true)
        #expect(!findings.contains { "\($0)".contains("tiger-secret") })
    }

    @Test
    func findsADamagedFile() async throws {
        try await withExamined(.sqlite) { fixture in
            try await fixture.run("INSERT INTO kernel_migration VALUES ('x', 1, 'x', 'x', 0)")
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: "\(fixture.folder.path)/data/school.sqlite"))
            try file.seek(toOffset: 4_096 * 3)
            try file.write(contentsOf: Data(repeating: 0xAB, count: 4_096))
            try file.close()

            let findings = try await fixture.examine()
            let isNoticed =
                findings.severity("sqlite.integrity") == .problem || findings.severity("database.reachable") == .problem
            #expect(isNoticed, "\(findings)")
        }
    }

    @Test
    func findsFilesThatOthersCanRead() async throws {
        let storage = "storage: {backend: postgres, url: \"${file:db-url}\"}"
        let folder = try ManifestFolder([
            "plugins.yaml": DoctorFixture.manifest(storage), "db-url": "postgres://127.0.0.1:1/x",
        ])
        let secret = "\(folder.path)/db-url"
        let deployment = DeploymentFolder(path: folder.path, environment: [:])
        let fixture = DoctorFixture(folder: deployment, engine: .postgres)

        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: secret)
        let open = try await fixture.examine()
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
        let closed = try await fixture.examine()

        #expect(open.faults("files").contains { $0.severity == .problem && $0.what.contains("db-url") })
        #expect(closed.faults("files").isEmpty)
    }
}
