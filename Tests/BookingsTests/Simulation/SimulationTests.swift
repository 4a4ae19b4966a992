import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import Bookings

/// A synthetic period of a driving school.
struct SimulationTests {
    /// Two instructors, and something of every kind: a lesson, one that is approved, a course, an exam both give.
    private static func simulate(
        _ engine: TestEngine, weeks: Int = 1, seed: UInt64 = 7, plugin: any Plugin.Type = Bookings.self
    ) async throws -> SimulationReport {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.sessions = School.patience
        return try await withPlatform(engine, plugins: [plugin], setup: setup) { platform in
            let fees: JSON = [
                "cancellation": ["tiers": [["untilMinutes": 2_880], ["percent": 50]]], "noShow": ["percent": 100],
            ]
            let school = try await School(platform, lesson: School.lesson.with("policies", fees))
            _ = try await school.makeResource("room", "Saal")
            try await school.makeEventType("meeting", ["requiresApproval": true, "durationMinutes": 30])
            try await school.makeEventType(
                "course", ["capacity": 4, "requirements": [["kind": "room"]], "durationMinutes": 90])
            try await school.makeEventType("exam", ["hosting": ["mode": "all"], "bufferAfterMinutes": 15])
            var plan = SimulationPlan(weeks: weeks, seed: seed)
            plan.customers = 12
            var simulation = BookingSimulation(
                plan, on: platform.runtime, try platform.api(), platform.clock, try platform.organization())
            return try await simulation.run()
        }
    }

    @Test
    func theSameSeedGivesTheSameReport() async throws {
        let report = try await Self.simulate(.sqlite)
        let again = try await Self.simulate(.sqlite)
        let other = try await Self.simulate(.sqlite, seed: 8)

        #expect(report == again)
        #expect(report.json == again.json && report.lines == again.lines)
        #expect(report != other)
    }

    @Test(arguments: TestEngine.allCases)
    func everythingHappensAndAllInvariantsHold(_ engine: TestEngine) async throws {
        let report = try await Self.simulate(engine, weeks: 2)

        #expect(report.violations.isEmpty)
        #expect(report.checks == 3)
        #expect(report.to == report.from.adding(minutes: 2 * 7 * 1_440))
        for request in ["book", "book held", "hold", "move", "cancel", "approve", "start", "complete", "no-show"] {
            #expect(report.done[request] ?? 0 > 0, "\(request) in \(report.lines)")
        }
        for status in ["confirmed", "completed", "cancelled", "noShow"] {
            #expect(report.statuses[status] ?? 0 > 0, "\(status) in \(report.lines)")
        }
        #expect(!report.refusals.isEmpty)
        #expect(report.fees > 0)
        #expect(report.utilization.count == 2)
        // Eight hours on each of ten working days.
        #expect(report.utilization.allSatisfy { $0.openMinutes == 4_800 && (10...100).contains($0.percent) })
    }

    @Test
    func whatIsSoldTwiceIsReported() async throws {
        let report = try await Self.simulate(.sqlite, weeks: 1, plugin: BlindBookings.self)
        #expect(report.violations.contains { $0.hasPrefix("overlap:") })
        #expect(report.lines.contains { $0.hasSuffix("broken at 2 checks") })
    }

    @Test
    func theAgendaIsKeptInOrder() {
        let chance = SimulatedChance(seed: 3)
        var agenda = SimulatedAgenda()
        for number in 0..<200 { agenda.add(.finish("\(number)"), at: Instant(seconds: Int64(chance.below(40)))) }
        var seen: [(at: Instant, number: Int)] = []
        while let event = agenda.next(before: Instant(seconds: 30)) {
            guard case .finish(let text) = event.deed, let number = Int(text) else { continue }
            seen.append((event.at, number))
        }
        #expect(seen.count > 100)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { ($0.at, $0.number) < ($1.at, $1.number) })
        #expect(agenda.next(before: Instant(seconds: 100))?.at == Instant(seconds: 30))
    }
}
