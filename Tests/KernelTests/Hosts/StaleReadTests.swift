import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Plugins that read what may be a little old; here there is no replica, and the database itself answers.
struct StaleReadTests {
    private struct Almanach: Plugin {
        static let id: PluginID = "almanach"
        static let declaration = Declaration(
            id: Self.id, version: "1.0.0", summary: "A",
            migrations: [
                Migration(1, "pages") {
                    CreateTable(Self.pages) {
                        Column("number", .integer)
                        PrimaryKey("number")
                    }
                }
            ])
        static let pages = Table(Self.id.namespace, "page")
        static let write = Command<Int, Void>("almanach.write", .everyone) { number, call, tx in
            try tx.execute(
                "INSERT INTO \(Self.pages) (organization_id, number) VALUES (\(call.organization), \(number))")
        }
        let kernel: Kernel<Self>

        init(settings: NoSettings, kernel: Kernel<Self>) throws { self.kernel = kernel }

        /// Whether there is a page, in its organization and across all.
        var contributions: Contributions {
            BackgroundWork("look", everySeconds: 5) { [kernel] in
                guard let north = try await kernel.organizations.find(slug: "north") else { return false }
                let own = try await kernel.read(.stale(atMost: .seconds(30)), in: north.id) { tx in
                    try tx.value(
                        "SELECT count(*) FROM \(Self.pages) WHERE organization_id = \(north.id)", as: Int.self)
                }
                let all = try await kernel.read(.stale(atMost: .seconds(30)), across: SystemScope("count pages")) {
                    tx in
                    try tx.value("SELECT count(*) FROM \(Self.pages)", as: Int.self)
                }
                return own == 1 && all == 2
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func areAnsweredByTheDatabaseItselfWithinTheirOrganization(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Almanach.self]) { platform in
            let works = platform.runtime.platform.graph.contributions(of: BackgroundWork.self)
            let look = try #require(works.first?.item.step)
            let before = try await look()
            try await platform.run(Almanach.write, of: Almanach.id, 7, in: .north)
            try await platform.run(Almanach.write, of: Almanach.id, 7, in: .south)
            let after = try await look()

            #expect(!before)
            #expect(after)
        }
    }
}
