import AlmanacStorage
import AlmanacTestKit
import Logging
import Testing

@testable import AlmanacKernel

/// Two schedules: one by the clocks of each organization, one by those of a place.
private struct Nights: Plugin {
    static let id: PluginID = "nights"
    static let declaration = Declaration(id: Self.id, version: "1.0.0", summary: "Nights")

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        // Every second run fails, and is dead at once.
        Schedule("digest", "30 2 * * *", retry: .never) { run, context in
            let day = run.plannedFor.seconds / 86_400
            if day % 2 == 1 { throw JobFailure.permanent("an odd day") }
        }
        Schedule("tally", "0 12 * * MON", zone: .named("America/New_York")) { _, _ in }
    }
}

/// Schedules run once for each organization and each of its nights, whatever hosts and clocks do.
struct ScheduleTests {
    private struct Row: Equatable, CustomStringConvertible {
        let place: String
        let name: String
        let next: String
        var description: String { "\(self.place) \(self.name) \(self.next)" }
    }

    private func schedules(_ platform: TestPlatform) async throws -> [Row] {
        let stored = try await platform.runtime.database.read(in: .system(SystemScope("look"))) { tx in
            try tx.fetchAll(
                "SELECT \(StoredSchedule.columns) FROM \(ScheduleTable.table) ORDER BY name, organization_id",
                as: StoredSchedule.self)
        }
        return try stored.map { row in
            let isNorth = row.organization == (try platform.organization(.north).id)
            return Row(place: isNorth ? "north" : "south", name: row.name, next: row.nextAt.rfc3339)
        }
    }

    private func host(_ platform: TestPlatform, skew: Int64 = 0) throws -> Scheduler {
        let clock = ManualClock(platform.clock.now.adding(seconds: skew))
        let database = Database(
            engine: platform.database.engine, namespace: .kernel, clock: skew == 0 ? platform.clock : clock,
            ids: Hosts.makeIDs())
        return Scheduler(
            database, platform.runtime.platform, random: SeededRandom(seed: 1),
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test(arguments: TestEngine.allCases)
    func eachOrganizationHasItsOwnNight(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Nights.self]) { platform in
            let scheduler = platform.runtime.scheduler
            try await scheduler.upkeep()
            #expect(try await scheduler.plan() == 0, "what is new waits for its time")
            #expect(
                try await self.schedules(platform) == [
                    Row(place: "north", name: "nights.digest", next: "2026-03-03T01:30:00Z"),
                    Row(place: "south", name: "nights.digest", next: "2026-03-03T07:30:00Z"),
                    Row(place: "north", name: "nights.tally", next: "2026-03-02T17:00:00Z"),
                    Row(place: "south", name: "nights.tally", next: "2026-03-02T17:00:00Z"),
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aMonthOfNightsOverAChangeOfClocksRunsEachOnce(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Nights.self]) { platform in
            let scheduler = platform.runtime.scheduler
            try await scheduler.upkeep()
            let north = try platform.organization(.north).id
            // 2026-03-02 to 2026-04-01, clocks in Berlin change on 2026-03-29.
            for _ in 0..<(30 * 24) {
                platform.clock.advance(minutes: 60)
                try await scheduler.plan()
                try await scheduler.step()
            }
            let jobs = try await platform.jobs().filter { $0.organization == north && $0.name == "nights.digest" }
            let planned = jobs.compactMap { $0.input["plannedFor"]?.string }
            #expect(planned.count == 30)
            #expect(Set(planned).count == 30)
            #expect(planned.first == "2026-03-03T01:30:00Z")
            #expect(planned.contains("2026-03-28T01:30:00Z"))
            #expect(planned.contains("2026-03-29T01:00:00Z"))
            #expect(planned.contains("2026-03-30T00:30:00Z"))
            #expect(Set(jobs.map(\.state)) == [.done, .dead])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func ofManyHostsOneBeginsARun(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Nights.self]) { platform in
            try await platform.runtime.scheduler.upkeep()
            platform.clock.advance(minutes: 24 * 60)
            // Some of them with clocks that are off.
            let hosts = try [0, 30, -30, 0, 45, -45].map { try self.host(platform, skew: $0) }
            let begun = try await withThrowingTaskGroup(of: Int.self) { group in
                for host in hosts { for _ in 0..<5 { group.addTask { try await host.plan() } } }
                return try await group.reduce(0, +)
            }
            #expect(begun == 4)
            #expect(try await platform.jobs().count == 4)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatWasMissedIsMadeUpForOnce(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Nights.self]) { platform in
            let scheduler = platform.runtime.scheduler
            try await scheduler.upkeep()
            platform.clock.advance(minutes: 10 * 24 * 60)
            let begun = try await scheduler.plan()
            try await scheduler.step()
            let again = try await scheduler.plan()

            #expect(begun == 4)
            #expect(again == 0)
            #expect(try await platform.jobs().count == 4)
            #expect(
                try await self.schedules(platform).first
                    == Row(place: "north", name: "nights.digest", next: "2026-03-13T01:30:00Z"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func runsDoNotOverlap(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Nights.self]) { platform in
            let scheduler = platform.runtime.scheduler
            try await scheduler.upkeep()
            platform.clock.advance(minutes: 24 * 60)
            try await scheduler.plan()
            // Nobody has run them yet when the next night comes.
            platform.clock.advance(minutes: 24 * 60)
            #expect(try await scheduler.plan() == 0)
            try await scheduler.step()
            #expect(try await scheduler.plan() == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMovesIsPlannedAnew(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Nights.self]) { platform in
            let scheduler = platform.runtime.scheduler
            try await scheduler.upkeep()
            try await platform.tamper("UPDATE {kernel.organization} SET time_zone = 'Asia/Tokyo' WHERE slug = 'north'")
            try await scheduler.upkeep()
            #expect(
                try await self.schedules(platform).first
                    == Row(place: "north", name: "nights.digest", next: "2026-03-02T17:30:00Z"))
        }
    }

    @Test func mistakesInARuleFailAssembly() {
        struct Wrong: Plugin {
            static let declaration = Declaration(id: "wrong", version: "1.0.0", summary: "W")
            init(settings: NoSettings, kernel: Kernel<Self>) throws {}
            var contributions: Contributions {
                Schedule("a", "61 * * * *") { _, _ in }
                Schedule("b", "* * * * *", zone: .named("Europe/Nowhere")) { _, _ in }
                Schedule("c", "* * * * *") { _, _ in }
                Job<Int>("c") { _, _ in }
                Job<Int>("Not Well Formed", timeLimit: .zero) { _, _ in }
            }
        }
        let words = assemblyProblems(Wrong.self)
        #expect(words.count == 5)
        #expect(words.contains { $0.contains(#"the minute "61" must be 0 to 59"#) })
        #expect(words.contains { $0.contains("its zone cannot be had") })
        #expect(words.contains { $0.contains("a job of the plugin has the same name") })
        #expect(words.contains { $0.contains("its name must be lower-case letters") })
        #expect(words.contains { $0.contains("its time limit must be more than zero") })
    }
}
