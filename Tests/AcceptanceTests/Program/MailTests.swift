import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// `almanac mail test`.
struct MailTests {
    private static let storage = "storage: {backend: sqlite, path: data/school.sqlite}"
    private static let sender = #"from: "School <office@school.example>""#

    private static func run(
        _ section: String, environment: [String: String] = [:], _ body: (Program, Program.Result) throws -> Void
    ) async throws {
        try await withProgram(
            manifest: School.manifest(Self.storage, rest: section), environment: environment
        ) { program in
            try body(program, try await program.run(["mail", "test", "anna@example.org"]))
        }
    }

    @Test
    func putsAMailIntoAFolder() async throws {
        try await Self.run("mail: {folder: out, \(Self.sender)}") { program, result in
            #expect(result.exitCode == 0, "\(result)")
            #expect(result.output.contains("taken by"))
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(program.folder)/out")
            let mail = FileManager.default.contents(atPath: "\(program.folder)/out/\(names.first ?? "")") ?? Data()
            #expect(names.count == 1)
            #expect(String(decoding: mail, as: UTF8.self).contains("To: anna@example.org\r\n"))
            // No database is needed, so none is made.
            #expect(!FileManager.default.fileExists(atPath: "\(program.folder)/data/school.sqlite"))
        }
    }

    @Test
    func tellsWhyAMailWasNotTaken() async throws {
        let environment = ["SMTP_URL": "smtp://office:hunter2@127.0.0.1:1"]
        try await Self.run(#"mail: {url: "${env:SMTP_URL}", \#(Self.sender)}"#, environment: environment) { _, result in
            #expect(result.exitCode == 1, "\(result)")
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("not taken by smtp://127.0.0.1:1"), "\(result)")
            #expect(!result.description.contains("hunter2"))
            #expect(result.errors.split(separator: "\n").count == 1, "\(result)")
        }
    }

    @Test
    func needsASection() async throws {
        try await Self.run("") { _, result in
            #expect(result.exitCode == 2, "\(result)")
            #expect(result.errors.contains("has no section `mail`"))
        }
    }
}
