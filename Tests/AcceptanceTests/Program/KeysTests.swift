import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// The keys with which values are encrypted, as an operator meets them.
struct KeysTests {
    private static func withProgram(
        _ engine: TestEngine, rest: String = "", environment: [String: String] = [:],
        _ body: (Program) async throws -> Void
    ) async throws {
        try await withProgramStorage(engine) { storage in
            let manifest = School.manifest(storage.section, rest: rest)
            let environment = storage.environment.merging(environment) { $1 }
            try await AlmanacTestKit.withProgram(manifest: manifest, environment: environment) { program in
                try await body(program)
            }
        }
    }

    private static func keyFile(_ engine: TestEngine, _ program: Program) -> String {
        "\(program.folder)/data/\(engine == .sqlite ? "school.sqlite" : "school").keys"
    }

    private static func list(_ program: Program, usage: Bool = false) async throws -> [JSON] {
        let arguments = ["keys", "list", "--format", "json"] + (usage ? ["--usage"] : [])
        let result = try await program.run(arguments)
        try #require(result.exitCode == 0, "\(result)")
        return try #require(try JSON(parsing: Array(result.output.utf8))["keys"]?.array)
    }

    private static func primary(_ program: Program) async throws -> String {
        let keys = try await Self.list(program)
        return try #require(keys.first { $0["state"]?.string == "primary" }?["id"]?.string)
    }

    @Test(arguments: TestEngine.allCases)
    func theFirstStartMakesThemForTheOwnerOnly(_ engine: TestEngine) async throws {
        try await Self.withProgram(engine) { program in
            let path = Self.keyFile(engine, program)
            let check = try await program.run(["check"])
            #expect(check.exitCode == 0, "\(check)")
            #expect(!FileManager.default.fileExists(atPath: "\(program.folder)/data"))
            let before = try await program.run(["keys", "list"])
            #expect(before.exitCode == 1)
            #expect(before.errors.contains("almanac keys create"), "\(before)")

            let first = try await program.run(["migrate"])
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            let made = try #require(FileManager.default.contents(atPath: path))
            let second = try await program.run(["migrate"])

            #expect(first.exitCode == 0, "\(first)")
            #expect(mode == 0o600)
            #expect(second.exitCode == 0, "\(second)")
            #expect(FileManager.default.contents(atPath: path) == made)
            #expect(try await Self.list(program).count == 1)
        }
    }

    @Test("v5.0.0-13.3.1 a key file that others can read stops the start")
    func aKeyFileThatOthersCanReadStopsTheStart() async throws {
        try await Self.withProgram(.sqlite) { program in
            _ = try await program.run(["migrate"])
            let path = Self.keyFile(.sqlite, program)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let refused = try await program.run(["serve", "--port", "0"])

            #expect(refused.exitCode == 1, "\(refused)")
            #expect(refused.errors.contains("chmod 600"), "\(refused)")
            #expect(refused.errors.split(separator: "\n").count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aDatabaseWithoutItsKeyDoesNotStart(_ engine: TestEngine) async throws {
        try await Self.withProgram(engine) { program in
            _ = try await program.run(["migrate"])
            let path = Self.keyFile(engine, program)
            let key = try await Self.primary(program)
            try FileManager.default.moveItem(atPath: path, toPath: path + ".backup")
            let missing = try await program.run(["serve", "--port", "0"])
            #expect(missing.exitCode == 1, "\(missing)")
            #expect(missing.errors.contains(key), "\(missing)")
            #expect(!FileManager.default.fileExists(atPath: path))
            let other = try await program.run(["keys", "create"])
            #expect(other.exitCode == 0, "\(other)")
            let wrong = try await program.run(["serve", "--port", "0"])
            #expect(wrong.exitCode == 1)
            #expect(wrong.errors.contains(key), "\(wrong)")

            let forgotten = try await program.run(["keys", "forget", key])
            #expect(forgotten.exitCode == 0, "\(forgotten)")
            #expect(try await program.run(["migrate"]).exitCode == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aKeyTakesOverAndTheFormerOneGoes(_ engine: TestEngine) async throws {
        try await Self.withProgram(engine) { program in
            _ = try await program.run(["migrate"])
            let first = try await Self.primary(program)
            let created = try await program.run(["keys", "create"])
            #expect(created.exitCode == 0, "\(created)")
            let waiting = try #require(try await Self.list(program).last?["id"]?.string)
            let rotated = try await program.run(["keys", "rotate", "--format", "json"])
            #expect(rotated.exitCode == 0, "\(rotated)")
            #expect(try JSON(parsing: Array(rotated.output.utf8))["primary"]?.string == waiting)
            let early = try await program.run(["keys", "retire", first])
            #expect(early.exitCode == 1)
            #expect(early.errors.contains("ten minutes"), "\(early)")

            // As if it had been the primary until an hour ago.
            let path = Self.keyFile(engine, program)
            let text = String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
            let lines = text.split(separator: "\n").map { line -> String in
                var words = line.split(separator: " ").map(String.init)
                if words.count == 4, words[0] == first {
                    words[2] = SystemClock().now.adding(seconds: -3_600).rfc3339
                }
                return words.joined(separator: " ")
            }
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            let retired = try await program.run(["keys", "retire", first])
            #expect(retired.exitCode == 0, "\(retired)")
            #expect(try await Self.list(program, usage: true).map { $0["id"]?.string } == [waiting])
            #expect(try await program.run(["migrate"]).exitCode == 0)
        }
    }

    @Test func keysMayComeFromTheEnvironment() async throws {
        var printed = ""
        try await Self.withProgram(.sqlite) { program in
            let result = try await program.run(["keys", "create", "--print"])
            #expect(result.exitCode == 0, "\(result)")
            printed = result.output.trimmingCharacters(in: .newlines)
            #expect(!FileManager.default.fileExists(atPath: "\(program.folder)/data"))
        }
        let secret = try #require(printed.split(separator: " ").last.map(String.init))
        let rest = #"secrets: {keys: "${env:SCHOOL_KEYS}"}"#
        try await Self.withProgram(.sqlite, rest: rest, environment: ["SCHOOL_KEYS": printed]) { program in
            let results = [
                try await program.run(["check"]), try await program.run(["migrate"]),
                try await program.run(["keys", "list"]),
            ]
            #expect(results.map(\.exitCode) == [0, 0, 0], "\(results)")
            #expect(results.allSatisfy { !$0.description.contains(secret) })
            #expect(!FileManager.default.fileExists(atPath: Self.keyFile(.sqlite, program)))
            let rotate = try await program.run(["keys", "rotate"])
            #expect(rotate.exitCode == 1)
            #expect(rotate.errors.contains("--resume"), "\(rotate)")
            #expect(try await program.run(["keys", "rotate", "--resume"]).exitCode == 0)
        }
        try await Self.withProgram(.sqlite, rest: rest, environment: ["SCHOOL_KEYS": "\(printed)x"]) { program in
            let check = try await program.run(["check"])
            #expect(check.exitCode == 2, "\(check)")
            #expect(check.errors.contains("secrets.keys"))
            #expect(!check.description.contains(secret))
        }
        try await Self.withProgram(.sqlite, rest: "secrets: {keys: plain, keyFile: x}") { program in
            let check = try await program.run(["check"])
            #expect(check.exitCode == 2, "\(check)")
        }
    }

    @Test func aNamedKeyFileIsNeverMadeByItself() async throws {
        try await Self.withProgram(.sqlite, rest: "secrets: {keyFile: keys/school}") { program in
            let refused = try await program.run(["migrate"])
            #expect(refused.exitCode == 1, "\(refused)")
            #expect(refused.errors.contains("keys/school"), "\(refused)")
            #expect(refused.errors.contains("almanac keys create"))
            #expect(try await program.run(["keys", "create"]).exitCode == 0)
            #expect(try await program.run(["migrate"]).exitCode == 0)
        }
    }

    @Test func besideAServerOnSQLiteTheServerDoesTheWork() async throws {
        try await Self.withProgram(.sqlite) { program in
            try await program.serve { _ in
                let rotated = try await program.run(["keys", "rotate"])
                #expect(rotated.exitCode == 0, "\(rotated)")
                #expect(rotated.output.contains("the server that is running"), "\(rotated)")
            }
            #expect(try await Self.list(program).count == 2)
        }
    }
}
