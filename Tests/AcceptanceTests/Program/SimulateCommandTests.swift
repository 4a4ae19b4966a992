import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// `almanac simulate`, on the demo data of a school.
struct SimulateCommandTests {
    private func withSchool(_ body: (Program) async throws -> Void) async throws {
        let manifest = School.manifest("storage: {backend: sqlite, path: data/school.sqlite}")
        try await withProgram(manifest: manifest) { program in
            for (name, text) in School.files { try program.write(text, to: "demo/\(name)") }
            try await body(program)
        }
    }

    @Test func rehearsesTheSameForTheSameSeedAndLeavesNothing() async throws {
        try await self.withSchool { program in
            let arguments = ["simulate", "--weeks", "1", "--format", "json", "--seed"]
            let first = try await program.run(arguments + ["7"], timeout: .seconds(120))
            let second = try await program.run(arguments + ["7"], timeout: .seconds(120))
            let other = try await program.run(arguments + ["8"], timeout: .seconds(120))

            #expect([first, second, other].map(\.exitCode) == [0, 0, 0], "\(first)")
            #expect(first.output == second.output)
            #expect(first.output != other.output)
            let report = try JSON(parsing: first.output.trimmingCharacters(in: .newlines))
            #expect(report["violations"] == .array([]))
            #expect((report["checks"]?.int ?? 0) > 0)
            #expect((report["done"]?["book held"]?.int ?? report["done"]?["book"]?.int ?? 0) > 0, "\(first)")
            #expect(report["utilization"]?.array?.count == 2)
            // Not on the database of the manifest.
            #expect(!FileManager.default.fileExists(atPath: "\(program.folder)/data/school.sqlite"))
        }
    }

    @Test(arguments: [["--weeks", "0"], ["--weeks", "105"], ["--from", "2026-02-30"], ["--seed", "x"]])
    func saysWhatIsWrongWithItsOptions(_ wrong: [String]) async throws {
        try await self.withSchool { program in
            let result = try await program.run(["simulate"] + wrong)
            #expect(result.exitCode == 2, "\(result)")
            #expect(result.errors.contains(wrong[0]), "\(result)")
        }
    }
}
