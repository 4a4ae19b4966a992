import AlmanacStorage
import AlmanacTestKit
import ServiceLifecycle
import Synchronization
import Testing

@testable import AlmanacKernel

/// Operators put plugins aside, and every server keeps to it.
struct QuarantineTests {
    private struct Market: BarePlugin {
        static let declaration = Declaration(id: "market", version: "1.0.0", summary: "M")
    }

    @Test(arguments: TestEngine.allCases)
    func aPluginIsPutAsideUntilItIsReleased(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Market.self]) { platform in
            let (quarantine, supervisor) = (platform.runtime.quarantine, platform.runtime.supervisor)
            #expect(try await quarantine.add("market", "floods a partner", by: "system:test"))
            #expect(try await !quarantine.add("market", "again", by: "system:test"))

            #expect(supervisor.admits("market"))
            try await quarantine.refresh(supervisor)
            #expect(!supervisor.admits("market"))
            let status = try #require(supervisor.statuses.first { $0.plugin == "market" })
            #expect(status.state == .quarantined)
            #expect(status.reason == "floods a partner")
            #expect(status.since == platform.clock.now)

            #expect(try await quarantine.remove("market", by: "system:test"))
            #expect(try await !quarantine.remove("market", by: "system:test"))
            try await quarantine.refresh(supervisor)
            #expect(supervisor.admits("market"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func everyOrganizationSeesItInItsAuditLog(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Market.self]) { platform in
            _ = try await platform.runtime.quarantine.add("market", "why", by: "system:test")
            _ = try await platform.runtime.quarantine.add("market", "why", by: "system:test")
            _ = try await platform.runtime.quarantine.remove("market", by: "system:test")

            let entries = try await platform.database.rows(
                """
                SELECT action, count(DISTINCT organization_id), count(*) FROM {kernel.audit_entry}
                WHERE action LIKE 'kernel.plugins.%' GROUP BY action ORDER BY action
                """)
            #expect(entries == [["kernel.plugins.quarantined", "2", "2"], ["kernel.plugins.released", "2", "2"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func tasksOfAPluginThatIsPutAsideWait(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Market.self]) { platform in
            let rests = Mutex(0)
            let rested = TestSignal()
            let steps = Mutex(0)
            let supervisor = Supervisor(
                plugins: ["market"], clock: platform.clock, random: SeededRandom(seed: 1), logger: SilentLog.logger,
                rest: { _ in
                    let count = rests.withLock { count in
                        count += 1
                        return count
                    }
                    if count == 3 { rested.send() }
                    await Task.yield()
                })
            _ = try await platform.runtime.quarantine.add("market", "why", by: "system:test")
            try await platform.runtime.quarantine.refresh(supervisor)
            let task = BackgroundWork("tidy", everySeconds: 600) {
                steps.withLock { $0 += 1 }
                return false
            }
            let service = try #require(supervisor.supervise([.loop(WorkName("tidy", of: "market"), task)]).first)
            let running = Task { try await service.run() }
            await rested.arrives()
            running.cancel()
            try await running.value

            #expect(steps.withLock { $0 } == 0)
        }
    }
}
