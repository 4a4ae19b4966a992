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

    /// What came of many clients acting at once.
    private struct Outcome {
        /// What they were told that cannot be.
        var faults: [HistoryFault] = []
        /// What was wrong in the tables at any look.
        var violations: Set<BookingViolation> = []
        /// How much they did.
        var count = 0
    }

    private static func withPlatform(
        _ engine: TestEngine, _ plugin: any Plugin.Type = Bookings.self, setup: TestPlatform.Setup = Self.setup(),
        _ body: (TestPlatform) async throws -> Void
    ) async throws {
        let settings: SettingsNode = [
            "defaults": [
                "offerMinutes": SettingsNode(integerLiteral: MixedWorld.holdMinutes), "guestHeldSlots": 10_000,
            ]
        ]
        try await AlmanacTestKit.withPlatform(
            engine, plugins: [plugin], enabled: [EnabledPlugin(.bookings, settings: settings)], setup: setup, body)
    }

    /// Lets all clients act, and looks at the tables meanwhile.
    private static func load(_ world: MixedWorld, deeds: Int, seed: UInt64) async throws -> Outcome {
        let recorder = HistoryRecorder()
        var (outcome, clients): (Outcome, [MixedClient]) = (Outcome(), [])
        try await withThrowingTaskGroup(of: (Set<BookingViolation>, MixedClient?).self) { group in
            for number in 0..<world.customers.count {
                group.addTask {
                    var client = MixedClient(number, in: world, recorder, seed: seed)
                    for _ in 0..<deeds { await client.act() }
                    return ([], client)
                }
            }
            group.addTask {
                var found: Set<BookingViolation> = []
                for _ in 0..<5 { found.formUnion(try await world.violations()) }
                return (found, nil)
            }
            for try await (violations, client) in group {
                outcome.violations.formUnion(violations)
                if let client { clients.append(client) }
            }
        }
        let forgotten = try await Self.settle(&clients, in: world, recorder)
        let history = recorder.history
        outcome.faults = history.faults() + forgotten.map { .forgotten($0) }
        outcome.violations.formUnion(try await world.violations())
        outcome.count = history.operations.count
        return outcome
    }

    /// Lets everything lapse that was kept, and looks who got something of it.
    ///
    /// - Returns: The entries of those who wait for what everybody can have.
    private static func settle(
        _ clients: inout [MixedClient], in world: MixedWorld, _ recorder: HistoryRecorder
    ) async throws -> [String] {
        let began = recorder.begin()
        world.platform.clock.advance(minutes: Int64(MixedWorld.holdMinutes))
        recorder.end(began, .advanced(to: world.platform.clock.now))
        // Nobody tells that a hold has lapsed: a schedule looks.
        try await world.platform.runtime.scheduler.plan()
        for _ in 0..<2 { try await world.work() }
        for index in clients.indices { await clients[index].look() }
        return try await world.forgotten(clients.compactMap(\.waiting))
    }

    /// Gives everything back, so that the next round begins with nothing taken.
    private static func clear(_ world: MixedWorld) async throws {
        for status in ["waiting", "offered"] {
            let entries = try await world.admin.get("/api/v1/waitlist?status=\(status)&limit=200").expect(200)
            for entry in entries["items"]?.array?.map(\.id) ?? [] {
                try await world.admin.send("DELETE", "/api/v1/waitlist/\(entry)", headers: [("If-Match", "*")])
                    .expect(200)
            }
        }
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

    /// Who has had what kept for them.
    private static func kindsOfHolds(_ platform: TestPlatform) async throws -> [[String?]] {
        try await platform.database.rows(
            """
            SELECT DISTINCT CASE WHEN access_digest IS NULL THEN 'account' ELSE 'guest' END,
                CASE WHEN series_id IS NULL THEN 'slot' ELSE 'series' END
            FROM {bookings.hold} WHERE waitlist_entry_id IS NULL
            """)
    }

    /// After some rounds a new business: what is over is looked at too, and would make every look longer.
    private static let roundsEach = 10

    @Test(arguments: TestEngine.allCases)
    func nothingOverlapsAndNobodyIsRefusedWithoutReason(_ engine: TestEngine) async throws {
        let end = ContinuousClock.now.advanced(by: Self.isLong ? .seconds(600) : .zero)
        var (round, total, offers): (UInt64, Int, Int) = (0, 0, 0)
        var kinds: Set<[String?]> = []
        repeat {
            try await Self.withPlatform(engine) { platform in
                let world = try await MixedWorld(platform, clients: Self.clients)
                repeat {
                    round += 1
                    let found = try await Self.load(world, deeds: Self.deeds, seed: round)
                    total += found.count
                    #expect(found.faults.isEmpty, "\(found.faults.prefix(5))")
                    #expect(found.violations.isEmpty)
                    try await Self.clear(world)
                } while ContinuousClock.now < end && !round.isMultiple(of: UInt64(Self.roundsEach))
                kinds.formUnion(try await Self.kindsOfHolds(platform))
                offers += try await platform.database.rows("SELECT id FROM {bookings.waitlist_offer}").count
            }
        } while ContinuousClock.now < end
        #expect(total > Self.clients * Self.deeds / 2)
        #expect(offers > 0)
        // With an account and without, of one time and of several.
        #expect(kinds.count >= (Self.isLong ? 4 : 2))
        if Self.isLong { print("\(engine): \(total) deeds and \(offers) offers in \(round) rounds") }
    }

    // MARK: Controls

    @Test
    func onSQLiteABlindCheckIsFound() async throws {
        try await Self.withPlatform(.sqlite, BlindBookings.self) { platform in
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
        try await Self.withPlatform(.postgres, setup: setup) { platform in
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
        try await Self.withPlatform(engine, HauntedBookings.self) { platform in
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
