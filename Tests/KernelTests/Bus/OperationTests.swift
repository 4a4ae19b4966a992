import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What operators do with events: look at them, let them be handled again, deal with dead letters.
struct OperationTests {
    private static let record = "shelf.record"

    private func withShelf(_ engine: TestEngine, _ body: (TestPlatform) async throws -> Void) async throws {
        try await withPlatform(engine, plugins: [Shelf.self, Watcher.self], body)
    }

    private func call(_ platform: TestPlatform, _ place: TestPlace) throws -> Call {
        Call(
            organization: try platform.organization(place).id, principal: .system("events-test"), origin: Origin(.cli))
    }

    private func list(
        _ platform: TestPlatform, in place: TestPlace = .north, limit: Int = 50,
        _ change: (inout EventFilter) -> Void = { _ in }
    ) async throws -> [StoredEvent] {
        var filter = EventFilter()
        change(&filter)
        return try await platform.runtime.invoker.run(
            EventLookup.list, of: .kernel, EventLookup.Request(filter, limit: limit), as: try self.call(platform, place)
        )
    }

    private func replay(
        _ platform: TestPlatform, _ request: EventRepair.Replay, in place: TestPlace = .north, dry: Bool = false
    ) async throws -> EventRepair.Replayed {
        let repair = EventRepair(platform.runtime.platform)
        let call = try self.call(platform, place)
        guard !dry else {
            return try await platform.runtime.invoker.run(repair.rehearsal, of: .kernel, request, as: call)
        }
        return try await platform.runtime.invoker.run(repair.replay, of: .kernel, request, as: call)
    }

    private func audited(_ platform: TestPlatform, _ action: String) async throws -> Int {
        let rows = try await platform.database.rows(
            "SELECT count(*) FROM {kernel.audit_entry} WHERE action = '\(action)'")
        return rows.first?.first?.flatMap { $0 }.flatMap { Int($0) } ?? -1
    }

    @Test(arguments: TestEngine.allCases)
    func eventsAreListedLatestFirstAndShownWithTheirDeliveries(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("full", at: "vase", 3)
            try await platform.move("vase", steps: 1...3)
            try await platform.move("bowl", steps: 1...1, in: .south)
            try await platform.deliverEvents()
            let all = try await self.list(platform)
            let two = try await self.list(platform, limit: 2)
            let waiting = try await self.list(platform) {
                $0.consumer = Self.record
                $0.state = .pending
            }
            let none = try await self.list(platform) { $0.name = "shelf.broken" }
            let id = try #require(waiting.first?.id)
            let shown = try await platform.runtime.invoker.run(
                EventLookup.show, of: .kernel, id, as: try self.call(platform, .north))
            let elsewhere = await refusal {
                _ = try await platform.runtime.invoker.run(
                    EventLookup.show, of: .kernel, id, as: try self.call(platform, .south))
            }

            #expect(all.map(\.number) == all.map(\.number).sorted(by: >))
            #expect(all.count == 3)
            #expect(two.map(\.id) == all.prefix(2).map(\.id))
            #expect(waiting.count == 1)
            #expect(none.isEmpty)
            #expect(shown.payload == ["item": "vase", "step": 3])
            #expect(shown.deliveries.map(\.consumer) == [Self.record, "watcher.copy"])
            #expect(shown.deliveries.map(\.state) == [.pending, .done])
            #expect(shown.deliveries.first?.lastError == "the shelf is full")
            #expect(shown.deliveries.first?.dueAt != nil)
            #expect(elsewhere?.code == "not_found")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsReplayedHasItsEffectOnceMore(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move("vase", steps: 1...3)
            try await platform.move("vase", steps: 1...1, in: .south)
            try await platform.deliverEvents()
            let second = try await self.list(platform)[1].id
            var filter = EventFilter()
            filter.ids = [second]
            let request = EventRepair.Replay(filter, by: Self.record)
            let rehearsed = try await self.replay(platform, request, dry: true)
            let untouched = try await platform.deliverEvents()
            let replayed = try await self.replay(platform, request)
            let handled = try await platform.deliverEvents()
            let over = try await platform.deliverEvents()

            var expected = EventRepair.Replayed()
            expected.events = 1
            expected.again = 1
            #expect(rehearsed == expected)
            #expect(untouched == 0)
            #expect(replayed == expected)
            #expect(handled == 1)
            #expect(over == 0)
            #expect(try await platform.effects() == ["vase 1", "vase 2", "vase 3", "vase 2"])
            #expect(try await platform.effects(in: .south) == ["vase 1"])
            #expect(try await platform.copies().count == 3)
            #expect(try await self.audited(platform, "kernel.event.replayed") == 1)
        }
    }

    /// A consumer that did not exist, or was switched off, when the events were emitted.
    @Test(arguments: TestEngine.allCases)
    func aNewConsumerGetsWhatWasBeforeItsTimeInOrder(_ engine: TestEngine) async throws {
        try await withPlatform(
            engine, plugins: [Shelf.self, Watcher.self], enabled: [EnabledPlugin(Shelf.id)]
        ) { platform in
            try await platform.move((1...250).map { Moved(item: "vase", step: $0) })
            try await platform.deliverEvents()
            let upgraded = try platform.host()
            let repair = EventRepair(upgraded.platform)
            var filter = EventFilter()
            filter.name = "shelf.moved"
            var request = EventRepair.Replay(filter, by: "watcher.copy")
            var pieces: [Int] = []
            while true {
                let done = try await upgraded.invoker.run(
                    repair.replay, of: .kernel, request, as: try self.call(platform, .north))
                pieces.append(done.new)
                guard let next = done.next else { break }
                request.after = next
            }
            try await upgraded.bus.settle()

            #expect(pieces == [200, 50])
            #expect(try await platform.copies() == (1...250).map { "vase \($0)" })
            #expect(try await platform.effects().count == 250)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsNotOverIsNotReplayedAndAnUnknownConsumerIsNamed(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("permanent", at: "vase", 1)
            try await platform.move("vase", steps: 1...2)
            try await platform.deliverEvents()
            var filter = EventFilter()
            filter.name = "shelf.moved"
            let replayed = try await self.replay(platform, EventRepair.Replay(filter, by: Self.record))
            let unknown = await refusal {
                _ = try await self.replay(platform, EventRepair.Replay(filter, by: "shelf.recrod"))
            }

            #expect(replayed.waiting == 2)
            #expect(replayed.again == 0)
            #expect(unknown?.code == "unknown_consumer")
            #expect(unknown?.message.contains("shelf.record?") == true)
        }
    }

    // MARK: Dead letters

    /// Known elsewhere: what has failed stays failed for ever.
    @Test(arguments: TestEngine.allCases)
    func aDeadLetterThatIsRetriedTakesItsLaneWithIt(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            for place in TestPlace.allCases { try await platform.fault("permanent", at: "vase", 1, in: place) }
            for place in TestPlace.allCases { try await platform.move("vase", steps: 1...3, in: place) }
            try await platform.deliverEvents()
            let call = try self.call(platform, .north)
            let invoker = platform.runtime.invoker
            let letters = try await invoker.run(
                EventLookup.dead, of: .kernel, EventLookup.Request(EventFilter(), limit: 10), as: call)
            for place in TestPlace.allCases { try await platform.mend(in: place) }
            var chosen = EventRepair.Letters()
            chosen.events = letters.map(\.event)
            let retry = EventRepair(platform.runtime.platform).retry
            let wrongConsumer = await refusal {
                var other = chosen
                other.consumer = "watcher.copy"
                _ = try await invoker.run(retry, of: .kernel, other, as: call)
            }
            let retried = try await invoker.run(retry, of: .kernel, chosen, as: call)
            try await platform.deliverEvents()

            #expect(letters.count == 1)
            #expect(letters.first?.behind == 2)
            #expect(letters.first?.lastError == "the shelf is gone")
            #expect(wrongConsumer?.code == "not_found")
            #expect(retried == 1)
            #expect(try await platform.effects(in: .north) == ["vase 1", "vase 2", "vase 3"])
            #expect(try await platform.effects(in: .south) == [])
            #expect(try await self.audited(platform, "kernel.event.retried") == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aDeadLetterThatIsDroppedLetsItsLaneGoOn(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("permanent", at: "vase", 1)
            try await platform.fault("permanent", at: "bowl", 1)
            for item in ["vase", "bowl"] { try await platform.move(item, steps: 1...2) }
            try await platform.deliverEvents()
            let call = try self.call(platform, .north)
            var all = EventRepair.Letters()
            all.consumer = Self.record
            let drop = EventRepair(platform.runtime.platform).drop
            let dropped = try await platform.runtime.invoker.run(drop, of: .kernel, all, as: call)
            try await platform.deliverEvents()
            let again = try await platform.runtime.invoker.run(drop, of: .kernel, all, as: call)

            #expect(dropped == 2)
            #expect(again == 0)
            #expect(try await platform.effects().sorted() == ["bowl 2", "vase 2"])
            #expect(try await platform.states(of: Self.record) == ["done 2", "dropped 2"])
            #expect(try await self.audited(platform, "kernel.event.dropped") >= 2)
        }
    }
}
