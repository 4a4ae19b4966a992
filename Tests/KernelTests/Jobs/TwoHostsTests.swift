import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// A schedule that writes down each of its runs, beside its end and with it.
private struct Rounds: Plugin {
    static let id: PluginID = "rounds"
    static let visit = Table(Self.id.namespace, "visit")

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Rounds",
        migrations: [
            Migration(1, "visits") {
                CreateTable(Self.visit) {
                    Column("id", .uuid)
                    Column("planned_for", .instant)
                    Column("is_end", .boolean)
                    PrimaryKey("id")
                }
            }
        ])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        Schedule("visit", "*/5 * * * *") { run, context in
            try await context.write { tx in try Self.write(run, isEnd: false, context.organization, tx) }
            try await context.finish { tx in try Self.write(run, isEnd: true, context.organization, tx) }
        }
    }

    private static func write(
        _ run: ScheduledRun, isEnd: Bool, _ organization: OrganizationID, _ tx: Transaction
    ) throws {
        let id: ID<Rounds> = tx.id()
        try tx.execute(
            """
            INSERT INTO \(Self.visit) (organization_id, id, planned_for, is_end)
            VALUES (\(organization), \(id), \(run.plannedFor), \(isEnd))
            """)
    }
}

/// The clock of a host that is off by some seconds.
private struct SkewedClock: WallClock {
    let base: ManualClock
    let seconds: Int64
    var now: Instant { self.base.now.adding(seconds: self.seconds) }
}

/// Two hosts with a platform each on one database, whose clocks differ.
struct TwoHostsTests {
    @Test(arguments: TestEngine.allCases, [Int64(30), -30])
    func eachRunOfAScheduleHappensOnceThoughOneClockIsOff(_ engine: TestEngine, _ skew: Int64) async throws {
        try await withPlatform(engine, plugins: [Rounds.self]) { platform in
            let clock = SkewedClock(base: platform.clock, seconds: skew)
            try await platform.withOtherHost(clock: clock, plugins: [Rounds.self]) { other in
                let hosts = [platform.runtime.scheduler, other]
                for host in hosts { try await host.upkeep() }
                // An hour, in steps in which the clock that is off passes a run before and after the other one.
                for _ in 0..<(3_600 / 20) {
                    platform.clock.advance(seconds: 20)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for host in hosts {
                            group.addTask {
                                try await host.plan()
                                try await host.step()
                            }
                        }
                        try await group.waitForAll()
                    }
                }
                // What was made by the last step.
                for host in hosts { try await host.step() }
            }
            let rows = try await platform.database.rows(
                """
                SELECT planned_for, count(*), count(DISTINCT organization_id), sum(CASE WHEN is_end THEN 1 ELSE 0 END)
                FROM {rounds.visit} GROUP BY planned_for ORDER BY planned_for
                """
            ).map { $0.map { $0 ?? "" } }
            let planned = rows.compactMap { Int64($0[0]) }
            let expected = (1...12).map { TestClock.start.adding(minutes: Int64($0) * 5).microseconds }
            #expect(planned == expected)
            #expect(rows.allSatisfy { $0.dropFirst() == ["4", "2", "2"] }, "\(rows)")
            let jobs = try await platform.jobs()
            #expect(jobs.count == planned.count * 2)
            #expect(jobs.allSatisfy { $0.state == .done && $0.attempts == 1 })
        }
    }
}
