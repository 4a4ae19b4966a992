import AlmanacAssembly
import AlmanacKernel
import AlmanacSurface
import AlmanacTestKit
import Foundation
import Testing

struct SeederTests {
    private static let providers = """
        external_id,given_name,family_name,email,phone,time_zone
        anna,Anna,Arndt,anna@school.example.org,,

        """
    private static let header = "email,role,person,given_name,family_name\n"

    private func problems(_ files: [String: String]) async throws -> [String] {
        let manifest = { (storage: String) in
            ManifestText.name + ManifestText.organization + storage + "\nplugins: {bookings: {}}\ndemo: demo\n"
        }
        return try await withDeploymentFolder(.sqlite, manifest) { folder in
            for (name, text) in files {
                let url = URL(fileURLWithPath: "\(folder.path)/demo/\(name)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: url)
            }
            return try await folder.open { deployment in
                _ = try await deployment.migrate()
                let error = await #expect(throws: CSVProblems.self) {
                    try await Seeder(deployment, manifestPath: folder.manifest).loadDemo()
                }
                return (error?.listed ?? []).map(\.description).map { $0.split(separator: "\(folder.path)/").joined() }
            }
        }
    }

    @Test(arguments: [
        ("office@school.example.org,admin,,,", "given_name: an admin needs a name"),
        ("office@school.example.org,admin,anna,Olga,Otto", "person: must be empty for an admin"),
        ("anna@school.example.org,provider,,,", "person: must name the external_id of the provider"),
        ("anna@school.example.org,boss,anna,,", "role: expected admin, provider or customer, found \"boss\""),
        ("anna,provider,anna,,", "email: expected an e-mail address, found \"anna\""),
        ("anna@school.example.org,provider,ben,,", "person: providers.csv has no row with the external_id ben"),
        ("anna@school.example.org,customer,anna,,", "person: customers.csv has no row with the external_id anna"),
    ])
    func namesAccountsThatAreWrong(row: String, problem: String) async throws {
        let found = try await self.problems(["providers.csv": Self.providers, "accounts.csv": Self.header + row + "\n"])

        #expect(found == ["demo/accounts.csv:2: \(problem)"])
    }

    @Test
    func namesAddressesThatStandTwice() async throws {
        let row = "anna@school.example.org,provider,anna,,\n"
        let again = "ANNA@school.example.org,provider,anna,,\n"
        let found = try await self.problems([
            "providers.csv": Self.providers, "accounts.csv": Self.header + row + again,
        ])

        #expect(found == ["demo/accounts.csv:3: email: this address stands in another row already"])
    }

    @Test
    func namesFilesThatNobodyReads() async throws {
        let found = try await self.problems(["provider.csv": Self.providers])

        #expect(found == ["demo/provider.csv:1: no plugin reads this file; did you mean providers.csv?"])
    }
}
