import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Whoever follows events by their positions misses none.
struct SequenceTests {
    private func withShelf(_ engine: TestEngine, _ body: (TestPlatform) async throws -> Void) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.database.poolSize = 8
        try await withPlatform(engine, plugins: [Shelf.self, Watcher.self], setup: setup, body)
    }

    private func positions(_ platform: TestPlatform) async throws -> [[String?]] {
        try await platform.database.rows("SELECT position FROM {kernel.event} ORDER BY number")
    }

    @Test(arguments: TestEngine.allCases)
    func positionsCountInEachOrganization(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move("vase", steps: 1...2, in: .north)
            try await platform.move("vase", steps: 1...1, in: .south)
            try await platform.move("bowl", steps: 1...1, in: .north)
            let before = try await platform.follow(in: .north, after: 0)
            let sequencer = platform.runtime.bus.sequencer
            let given = [try await sequencer.step(limit: 3), try await sequencer.step(limit: 3)]
            let none = try await sequencer.step()
            try await platform.move("bowl", steps: 2...2, in: .south)
            try await sequencer.catchUp()

            #expect(before.isEmpty)
            #expect(given == [3, 1])
            #expect(none == 0)
            #expect(try await platform.follow(in: .north, after: 0) == ["1 vase 1", "2 vase 2", "3 bowl 1"])
            #expect(try await platform.follow(in: .north, after: 2) == ["3 bowl 1"])
            #expect(try await platform.follow(in: .south, after: 0) == ["1 vase 1", "2 bowl 2"])
            #expect(try await platform.lastPosition(in: .south) == 2)
        }
    }

    /// The transaction that drew first commits last: PostgreSQL only, because SQLite has one writer.
    @Test func anEventThatIsCommittedLateIsNotSkipped() async throws {
        try await self.withShelf(.postgres) { platform in
            let gate = ShelfGates.make("late emission")
            let organization = try platform.organization(.north).id
            async let late: Void = platform.run(
                Self.moveSlowly, of: Shelf.id, Moved(item: "vase", step: 1), as: nil, in: .north)
            await gate.entered.arrives()
            try await platform.move("bowl", steps: 1...1)
            let delivered = try await platform.deliverEvents()
            let first = try await platform.follow(in: .north, after: 0)
            gate.mayGo.send()
            try await late
            let later = try await platform.deliverEvents()
            let second = try await platform.follow(in: .north, after: 1)
            // The control: whoever remembers the number would never come back for the other one.
            let numbers = try await platform.database.rows(
                "SELECT ordering_key FROM {kernel.event} WHERE organization_id = '\(organization)' ORDER BY number")

            #expect(delivered == 2)
            #expect(first == ["1 bowl 1"])
            #expect(later == 2)
            #expect(second == ["2 vase 1"])
            #expect(numbers == [["vase"], ["bowl"]])
            #expect(try await platform.effects() == ["bowl 1", "vase 1"])
        }
    }

    private static let moveSlowly = Command<Moved, Void>("shelf.move-slowly", .everyone) { event, call, tx in
        try tx.emit(event)
        // What was posted goes to the database before something is asked.
        _ = try tx.value(
            "SELECT count(*) FROM \(Shelf.effects) WHERE organization_id = \(call.organization)", as: Int.self)
        let gate = ShelfGates.find("late emission")
        gate?.entered.send()
        gate?.mayGo.wait()
    }

    /// Several processes give positions while events are emitted and a reader follows.
    @Test(arguments: TestEngine.allCases)
    func aReaderSeesEachEventOnceWhoeverGivesPositions(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            let hosts = try (0..<3).map { try platform.host(seed: 700 + UInt64($0)) }
            let seen = try await withThrowingTaskGroup(of: [String].self) { group in
                for item in ["a", "b", "c", "d"] {
                    group.addTask {
                        try await platform.move(item, steps: 1...15)
                        return []
                    }
                }
                for host in hosts {
                    group.addTask {
                        for _ in 0..<40 { _ = try await host.bus.sequencer.step(limit: 4) }
                        return []
                    }
                }
                group.addTask {
                    var seen: [String] = []
                    for _ in 0..<120 {
                        seen += try await platform.follow(in: .north, after: Int64(seen.count), limit: 5)
                    }
                    return seen
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try await platform.runtime.bus.sequencer.catchUp()
            let rest = try await platform.follow(in: .north, after: Int64(seen.count))
            let all = try await platform.follow(in: .north, after: 0)

            #expect(seen + rest == all)
            #expect(all.count == 60)
            #expect(all.enumerated().allSatisfy { $0.element.hasPrefix("\($0.offset + 1) ") })
            for item in ["a", "b", "c", "d"] {
                let steps = all.compactMap { $0.split(separator: " ").dropFirst().joined(separator: " ") }
                #expect(steps.filter { $0.hasPrefix(item) } == (1...15).map { "\(item) \($0)" })
            }
        }
    }

    /// A reader who comes back after events were removed must not take new ones for those that it has seen.
    @Test(arguments: TestEngine.allCases)
    func positionsDoNotComeAgainWhenEventsAreGone(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move("vase", steps: 1...3)
            try await platform.deliverEvents()
            platform.clock.advance(minutes: 31 * 1_440)
            let pruned = try await platform.runtime.bus.pruner.step()
            try await platform.move("vase", steps: 4...4)
            try await platform.deliverEvents()

            #expect(pruned.events == 3)
            #expect(try await platform.follow(in: .north, after: 3) == ["4 vase 4"])
        }
    }
}

extension TestPlatform {
    /// The events behind a position: `position item step`.
    func follow(in place: TestPlace, after position: Int64, limit: Int = 100) async throws -> [String] {
        let organization = try self.organization(place).id
        return try await self.runtime.database.read(in: .organization(organization)) { tx in
            try EventFeed.entries(after: position, limit: limit, of: organization, in: tx).map {
                "\($0.position) \($0.event.payload["item"]?.string ?? "") \($0.event.payload["step"]?.int ?? 0)"
            }
        }
    }

    func lastPosition(in place: TestPlace) async throws -> Int64 {
        let organization = try self.organization(place).id
        return try await self.runtime.database.read(in: .organization(organization)) { tx in
            try EventFeed.last(of: organization, in: tx)
        }
    }
}
