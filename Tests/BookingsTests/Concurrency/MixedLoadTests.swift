import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Foundation
import Testing

@testable import Bookings

/// Many clients who do everything at once: whatever they are told must fit some order of what happened.
///
/// With ALMANAC_LONG=1 for ten minutes on each engine, otherwise for a few deeds of each client.
@Suite(.serialized)
struct MixedLoadTests {
    private static let isLong = ProcessInfo.processInfo.environment["ALMANAC_LONG"] == "1"
    private static let clients = 64
    /// How much each client does between two looks at everything.
    private static let deeds = Self.isLong ? 40 : 8

    private static func setup() -> TestPlatform.Setup {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.database.poolSize = 8
        setup.sessions = School.patience
        return setup
    }

    /// Lets all clients act, and looks at the tables meanwhile.
    ///
    /// - Returns: What they were told, and what was wrong in the tables at any look.
    private static func load(
        _ world: MixedWorld, deeds: Int, seed: UInt64
    ) async throws -> (faults: [HistoryFault], violations: Set<BookingViolation>, count: Int) {
        let recorder = HistoryRecorder()
        let violations = try await withThrowingTaskGroup(of: Set<BookingViolation>.self) { group in
            for number in 0..<world.customers.count {
                group.addTask {
                    var client = MixedClient(number, in: world, recorder, seed: seed)
                    for _ in 0..<deeds { await client.act() }
                    return []
                }
            }
            group.addTask {
                var found: Set<BookingViolation> = []
                for _ in 0..<5 { found.formUnion(try await world.violations()) }
                return found
            }
            return try await group.reduce(into: Set<BookingViolation>()) { $0.formUnion($1) }
        }
        let history = recorder.history
        return (history.faults(), violations.union(try await world.violations()), history.operations.count)
    }

    /// Gives everything back, so that the next round begins with nothing taken.
    private static func clear(_ world: MixedWorld) async throws {
        let bookings = try await world.platform.database.rows(
            "SELECT number FROM {bookings.booking} WHERE status = 'confirmed'")
        #expect(!bookings.isEmpty)
        while true {
            let page = try await world.admin.get("/api/v1/bookings?status=confirmed&limit=200").expect(200)
            let ids = page["items"]?.array?.map(\.id) ?? []
            guard !ids.isEmpty else { break }
            for id in ids { try await world.admin.post("/api/v1/bookings/\(id)/cancel", [:]).expect(200) }
        }
        let blocked = try await world.admin.get("/api/v1/blocked-times").expect(200)["items"]?.array?.map(\.id) ?? []
        for id in blocked {
            try await world.admin.send("DELETE", "/api/v1/blocked-times/\(id)", headers: [("If-Match", "*")])
                .expect(200)
        }
        world.platform.clock.advance(minutes: Int64(MixedWorld.holdMinutes))
    }

    @Test(arguments: TestEngine.allCases)
    func nothingOverlapsAndNobodyIsRefusedWithoutReason(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self], setup: Self.setup()) { platform in
            let world = try await MixedWorld(platform, clients: Self.clients)
            let end = ContinuousClock.now.advanced(by: Self.isLong ? .seconds(600) : .zero)
            var (round, total): (UInt64, Int) = (0, 0)
            repeat {
                round += 1
                let found = try await Self.load(world, deeds: Self.deeds, seed: round)
                total += found.count
                #expect(found.faults.isEmpty, "\(found.faults.prefix(5))")
                #expect(found.violations.isEmpty)
                try await Self.clear(world)
            } while ContinuousClock.now < end
            #expect(total > Self.clients * Self.deeds / 2)
            if Self.isLong { print("\(engine): \(total) deeds in \(round) rounds") }
        }
    }

    // MARK: Controls

    @Test
    func onSQLiteABlindCheckIsFound() async throws {
        try await withPlatform(.sqlite, plugins: [BlindBookings.self], setup: Self.setup()) { platform in
            let world = try await MixedWorld(platform, clients: 16)
            let found = try await Self.load(world, deeds: 10, seed: 1)
            #expect(found.faults.contains { if case .overlap = $0 { true } else { false } })
            #expect(found.violations.contains { $0.rule == .overlap })
        }
    }

    @Test
    func onPostgreSQLMissingLocksAreFound() async throws {
        var setup = Self.setup()
        setup.database.locking = NoLocking()
        try await withPlatform(.postgres, plugins: [Bookings.self], setup: setup) { platform in
            try await platform.database.run("ALTER TABLE bookings.claim DROP CONSTRAINT claim_overlap_excl")
            let world = try await MixedWorld(platform, clients: Self.clients)
            var isFound = false
            for round in 1...10 where !isFound {
                let found = try await Self.load(world, deeds: 10, seed: UInt64(round))
                isFound =
                    found.faults.contains { if case .overlap = $0 { true } else { false } }
                    && found.violations.contains { $0.rule == .overlap }
                try await Self.clear(world)
            }
            #expect(isFound)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aCheckThatSeesGhostsIsFound(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [HauntedBookings.self], setup: Self.setup()) { platform in
            // Few clients: where nearly all is taken, a refusal is nearly always just.
            let world = try await MixedWorld(platform, clients: 4)
            var isFound = false
            for round in 1...10 where !isFound {
                let found = try await Self.load(world, deeds: 12, seed: UInt64(round))
                isFound = found.faults.contains { if case .falseRefusal = $0 { true } else { false } }
                #expect(found.violations.isEmpty)
                try await Self.clear(world)
            }
            #expect(isFound)
        }
    }
}
