import AlmanacStorage
import AlmanacTestKit
import Testing

struct PrivacyTests {
    private static let email = "erika@example.org"

    @Test(arguments: TestEngine.allCases)
    func exportsAndErases(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await school.program.run(
                ["user", "create", "--email", Self.email, "--role", "customer", "--password-stdin"],
                input: "correct horse battery staple\n")

            let exported = try await school.program.run(["privacy", "export", "ERIKA@example.org"])
            #expect(exported.exitCode == 0, "\(exported)")
            let document = try JSON(parsing: Array(exported.output.utf8))
            let person = document["person"]?.string ?? ""
            #expect(exported.output.contains(Self.email))

            let asked = try await school.program.run(["privacy", "erase", person])
            #expect(asked.exitCode == 2, "\(asked)")
            #expect(asked.errors.contains("--yes"))

            let erased = try await school.program.run(["privacy", "erase", person, "--yes", "--format", "json"])
            #expect(erased.exitCode == 0, "\(erased)")
            #expect(try JSON(parsing: Array(erased.output.utf8))["userErased"]?.bool == true)

            let again = try await school.program.run(["privacy", "export", Self.email])
            #expect(again.exitCode == 1, "\(again)")
            #expect(again.errors.contains("no such person"))
        }
    }
}
