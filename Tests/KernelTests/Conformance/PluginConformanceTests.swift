import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// The check that plugin authors begin with finds what it is for.
struct PluginConformanceTests {
    @Test func aPluginThatKeepsToTheContractHasNoProblems() async throws {
        let check = PluginConformance(of: Notes.self, checkedInCode: [Notes.canRead, Notes.canWrite])
        #expect(try await check.problems() == [])
    }

    private struct Silent: Plugin {
        struct Settings: PluginSettings {
            let seats: Int

            init(from read: inout SettingsReader) throws { self.seats = read("seats", "", default: 3) }
        }

        static let declaration = Declaration(
            id: "silent", version: "1.0.0", summary: "S",
            permissions: [PermissionDeclaration(Permission("silence:keep"), "Keeps silence", roles: [:])])

        init(settings: Settings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions { Contributions() }
    }

    @Test func settingsWithoutMeaningAndUnusedPermissionsAreFound() async throws {
        let problems = try await PluginConformance(of: Silent.self).problems(on: [])
        #expect(problems.count == 2)
        #expect(problems.contains { $0.contains("seats") })
        #expect(problems.contains { $0.hasPrefix("no endpoint asks for the permission silence:keep") })
    }

    private struct Leaky: BarePlugin {
        static let declaration = Declaration(
            id: "leaky", version: "1.0.0", summary: "L",
            migrations: [
                Migration(1, "tables by hand") {
                    UnsafeSQL(
                        sqlite: [
                            "CREATE TABLE leaky_thing (id INTEGER PRIMARY KEY, organization_id BLOB NOT NULL) STRICT",
                            "CREATE TABLE elsewhere (id INTEGER PRIMARY KEY) STRICT",
                        ],
                        postgres: [
                            "CREATE TABLE leaky.thing (id bigint PRIMARY KEY, organization_id uuid NOT NULL)",
                            "CREATE TABLE public.elsewhere (id bigint PRIMARY KEY)",
                        ])
                }
            ])
    }

    @Test func tablesWithoutWallsAreFound() async throws {
        let check = PluginConformance(of: Leaky.self)
        #expect(
            try await check.problems(on: [.postgres]) == [
                "on postgres: the table leaky.thing has no forced row-level security",
                "on postgres: the primary key of leaky.thing does not begin with organization_id",
                "on postgres: the table public.elsewhere is outside the plugin's room leaky",
            ])
        #expect(
            try await check.problems(on: [.sqlite]) == [
                "on sqlite: the table elsewhere is outside the plugin's room leaky",
                "on sqlite: the primary key of leaky_thing does not begin with organization_id",
            ])
    }

    private struct Broken: BarePlugin {
        static let declaration = Declaration(
            id: "broken", version: "1.0.0", summary: "B",
            migrations: [Migration(1, "nonsense") { UnsafeSQL(sqlite: ["NONSENSE"], postgres: ["SELECT 1"]) }])
    }

    @Test func migrationsThatRunOnOneEngineOnlyAreFound() async throws {
        let problems = try await PluginConformance(of: Broken.self).problems()
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("on sqlite: its migrations fail: ") == true)
        #expect(problems.first?.contains("migration 1 (nonsense) of broken") == true)
    }

    private struct Eager: Plugin {
        static let declaration = Declaration(id: "eager", version: "1.0.0", summary: "E")

        init(settings: NoSettings, kernel: Kernel<Self>) throws { _ = try kernel.require(Self.unknown) }

        private static let unknown = ServiceKey<Int>("count", of: "elsewhere")

        var contributions: Contributions { Contributions() }
    }

    @Test func aPluginThatDoesNotAssembleSaysWhy() async throws {
        #expect(
            try await PluginConformance(of: Eager.self).problems(on: []) == [
                "plugin eager: uses the service elsewhere.count, but does not list elsewhere in `needs`"
            ])
    }
}
