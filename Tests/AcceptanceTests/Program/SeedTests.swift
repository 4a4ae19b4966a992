import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// Loading CSV files: all of it, or nothing.
struct SeedTests {
    @Test(arguments: TestEngine.allCases)
    func demoIsLoadedOnceAndKept(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let again = try await school.program.run(["seed", "--demo", "--format", "json"])
            let report = try JSON(parsing: Array(again.output.utf8))

            #expect(again.exitCode == 0, "\(again)")
            #expect(report["imported"]?.bool == false)
            let passwords = report["accounts"]?.array?.compactMap { $0["password"]?.string } ?? []
            #expect(Set(passwords) == Set(school.passphrases.values))
            #expect(passwords.count == 4)
            #expect(passwords.allSatisfy { $0.count >= 15 })
        }
    }

    @Test
    func passphrasesAreForTheOwnerOnly() async throws {
        try await withSchool(.sqlite) { school in
            let path = "\(school.program.folder)/data/school.sqlite.demo-accounts.txt"

            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int

            #expect(mode == 0o600)
            let text = String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
            for passphrase in school.passphrases.values { #expect(text.contains(passphrase)) }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func badRowsAreNamedAndNothingIsImported(_ engine: TestEngine) async throws {
        try await Self.withProgram(engine) { program in
            var files = School.files.filter { $0.key != "accounts.csv" }
            files["customers.csv"] = """
                external_id,given_name,family_name,email,phone,locale
                C1,Clara,Conrad,clara@example.org,,de
                C2,David,Drechsler,not an address,,de
                C1,Eva,Ernst,eva@example.org,,de

                """
            files["weekly_rules.csv"] = "provider,weekday,start,end\nanna,1,18:00,08:00\nnobody,2,08:00,18:00\n"
            for (name, text) in files { try program.write(text, to: "mine/\(name)") }

            let bad = try await program.run(["seed", "--from", "mine"])
            try program.write(School.files["customers.csv"] ?? "", to: "mine/customers.csv")
            try program.write(School.files["weekly_rules.csv"] ?? "", to: "mine/weekly_rules.csv")
            let good = try await program.run(["seed", "--from", "mine", "--format", "json"])

            #expect(bad.exitCode == 1, "\(bad)")
            for place in [
                "mine/customers.csv:3: email:", "mine/customers.csv:4: external_id:", "mine/weekly_rules.csv:2: ",
                "mine/weekly_rules.csv:3: provider:",
            ] {
                #expect(bad.errors.contains(place), "\(place) in \(bad)")
            }
            #expect(bad.output.isEmpty)
            // Whatever had been written of the bad files would be no news to the good ones.
            #expect(try Self.counts(good).allSatisfy { $0.updated == 0 && $0.unchanged == 0 }, "\(good)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func secondImportUpdatesByExternalID(_ engine: TestEngine) async throws {
        try await Self.withProgram(engine) { program in
            for (name, text) in School.files where name != "accounts.csv" {
                try program.write(text, to: "mine/\(name)")
            }
            _ = try await program.run(["seed", "--from", "mine"])
            try program.write(
                "external_id,given_name,family_name,email,phone,locale\n"
                    + "C1,Clara,Curie,clara@example.org,,de\nC3,Eva,Ernst,eva@example.org,,de\n",
                to: "mine/customers.csv")

            let second = try await program.run(["seed", "--from", "mine", "--format", "json"])

            #expect(second.exitCode == 0, "\(second)")
            let customers = try #require(try Self.counts(second).first { $0.kind == "customers" })
            #expect(customers == Count(kind: "customers", created: 1, updated: 1, unchanged: 0))
            let others = try Self.counts(second).filter { $0.kind != "customers" }
            #expect(others.allSatisfy { $0.created == 0 && $0.updated == 0 }, "\(others)")
        }
    }

    @Test
    func filesThatNobodyReadsAreNamed() async throws {
        try await Self.withProgram(.sqlite) { program in
            try program.write(School.files["providers.csv"] ?? "", to: "mine/providers.csv")
            try program.write("external_id\n", to: "mine/custmers.csv")

            let result = try await program.run(["seed", "--from", "mine"])

            #expect(result.exitCode == 1)
            #expect(result.errors.contains("mine/custmers.csv"), "\(result)")
            #expect(result.errors.contains("customers.csv?"), "\(result)")
        }
    }

    @Test
    func aManifestWithoutDemoDataSaysSo() async throws {
        let manifest = School.manifest("storage: {backend: sqlite, path: data/school.sqlite}")
        let lines = manifest.split(separator: "\n").filter { !$0.hasPrefix("demo:") }
        try await AlmanacTestKit.withProgram(manifest: lines.joined(separator: "\n")) { program in
            for command in [["seed", "--demo"], ["serve", "--demo", "--port", "0"]] {
                let result = try await program.run(command)
                #expect(result.exitCode == 2, "\(result)")
                #expect(result.errors.contains("demo"), "\(result)")
            }
        }
    }

    private struct Count: Equatable {
        let kind: String
        let created: Int
        let updated: Int
        let unchanged: Int
    }

    private static func counts(_ result: Program.Result) throws -> [Count] {
        let list = try #require(try JSON(parsing: Array(result.output.utf8))["counts"]?.array)
        try #require(!list.isEmpty)
        return try list.map { count in
            Count(
                kind: try #require(count["kind"]?.string), created: try #require(count["created"]?.int),
                updated: try #require(count["updated"]?.int), unchanged: try #require(count["unchanged"]?.int))
        }
    }

    private static func withProgram(_ engine: TestEngine, _ body: (Program) async throws -> Void) async throws {
        try await withProgramStorage(engine) { storage in
            let manifest = School.manifest(storage.section)
            try await AlmanacTestKit.withProgram(manifest: manifest, environment: storage.environment, body)
        }
    }
}
