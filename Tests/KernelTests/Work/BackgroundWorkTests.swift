import AlmanacStorage
import AlmanacTestKit
import Synchronization
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

    @Test func isRunByEveryHost() async throws {
        try await withPlatform(.sqlite, plugins: [Clerk.self]) { platform in
            let works = platform.runtime.services.compactMap { ($0 as? SupervisedService)?.work }
            #expect(
                works.filter { $0.name.owner == "clerk" }.map { "\($0.name) \($0.isEssential)" } == ["clerk.file false"]
            )
        }
    }

    /// A supervisor that notes its pauses, and ends the loop at the third.
    private static func pauses(
        of work: BackgroundWork, _ running: @escaping @Sendable (Supervisor) async throws -> Void
    ) async throws -> [Duration] {
        let pauses = Mutex<[Duration]>([])
        let third = TestSignal()
        let supervisor = Supervisor(
            plugins: ["clerk"], clock: ManualClock(TestClock.start), random: SeededRandom(seed: 1),
            logger: SilentLog.logger,
            rest: { pause in
                let count = pauses.withLock { all in
                    all.append(pause)
                    return all.count
                }
                guard count >= 3 else { return }
                third.send()
                try? await Task.sleep(for: .seconds(3_600))
            })
        let task = Task { try await running(supervisor) }
        await third.arrives()
        task.cancel()
        try await task.value
        return pauses.withLock { $0 }
    }

    @Test func goesOnAtOnceWhileThereIsSomethingToDoAndRestsThen() async throws {
        let steps = Mutex(0)
        let work = BackgroundWork("file", everySeconds: 5) {
            let step = steps.withLock { count in
                count += 1
                return count
            }
            return step < 4
        }
        let pauses = try await Self.pauses(of: work) { try await work.run(WorkName("file", of: "clerk"), under: $0) }
        #expect(pauses == [.seconds(5), .seconds(5), .seconds(5)])
        #expect(steps.withLock { $0 } == 6)
    }

    @Test func othersHaveTheirTurnWhereItSaysSo() async throws {
        let work = BackgroundWork("file", everySeconds: 5, breath: .milliseconds(100)) { true }
        let pauses = try await Self.pauses(of: work) { try await work.run(WorkName("file", of: "clerk"), under: $0) }
        #expect(pauses == [.milliseconds(100), .milliseconds(100), .milliseconds(100)])
    }

    @Test func mistakesFailAssembly() async {
        struct Wrong: BarePlugin {
            static let declaration = Declaration(id: "wrong", version: "1.0.0", summary: "W")
            var contributions: Contributions {
                BackgroundWork("file", everySeconds: 5) { false }
                BackgroundWork("file", everySeconds: 5) { false }
                BackgroundWork("Bad Name", everySeconds: 5) { false }
                BackgroundWork("hasty", everySeconds: 0) { false }
            }
        }
        let error = await #expect(throws: Problems.self) {
            try await withPlatform(.sqlite, plugins: [Wrong.self]) { _ in }
        }
        let text = "\(String(describing: error))"
        #expect(text.contains("there are two of that name"), "\(text)")
        #expect(text.contains("its name must be lower-case letters"), "\(text)")
        #expect(text.contains("its pause must be a second or more"), "\(text)")
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
