import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What plugins do besides answering.
struct BackgroundWorkTests {
    /// A plugin that writes an audit entry in the background, in one of the organizations.
    private struct Clerk: Plugin {
        static let declaration = Declaration(id: "clerk", version: "1.0.0", summary: "C")
        let kernel: Kernel<Self>

        init(settings: NoSettings, kernel: Kernel<Self>) throws { self.kernel = kernel }

        var contributions: Contributions {
            BackgroundWork("file", everySeconds: 5) { [kernel] in
                guard let south = try await kernel.organizations.find(slug: "south") else { return false }
                try await kernel.write(in: south.id, as: "file") { tx in try tx.audit("clerk.paper.filed") }
                return false
            }
        }
    }

    private struct Broken: Error {}

    private static func service(
        _ log: TestLog, _ step: @escaping @Sendable () async throws -> Bool
    ) -> BackgroundService {
        BackgroundService(owner: "clerk", work: BackgroundWork("file", everySeconds: 0, step), logger: log.logger)
    }

    @Test func isRunByEveryHost() async throws {
        try await withPlatform(.sqlite, plugins: [Clerk.self]) { platform in
            let services = platform.runtime.services.compactMap { $0 as? BackgroundService }
            #expect(services.map { "\($0.owner) \($0.work.name) \($0.work.pauseSeconds)" } == ["clerk file 5"])
        }
    }

    @Test func goesOnWhileThereIsSomethingToDo() async {
        let log = TestLog()
        #expect(await Self.service(log) { true }.step())
        #expect(await !Self.service(log) { false }.step())
        #expect(log.all.isEmpty)
    }

    @Test func whatFailsIsLoggedAndTriedAgainAfterAPause() async {
        let log = TestLog()
        #expect(await !Self.service(log) { throw Broken() }.step())
        #expect(
            log.all == [
                "warning a step of background work failed; it is tried again: error=Broken(), plugin=clerk, work=file"
            ])
    }

    @Test(arguments: TestEngine.allCases)
    func writesAsThePlatformInOneOrganization(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Clerk.self]) { platform in
            let works = platform.runtime.platform.graph.contributions(of: BackgroundWork.self)
            let step = try #require(works.first?.item.step)
            #expect(try await !step())

            let entries = try await platform.database.rows(
                """
                SELECT e.actor, o.slug FROM {kernel.audit_entry} e
                JOIN {kernel.organization} o ON o.id = e.organization_id WHERE e.action = 'clerk.paper.filed'
                """)
            #expect(entries == [["system:clerk.file", "south"]])
        }
    }
}
