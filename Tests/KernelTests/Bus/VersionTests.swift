import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacKernel

/// Events outlive the programs that wrote them.
struct VersionTests {
    private static let record = "shelf.record"

    /// The third form of the event: what was a step is a place now, and the shelf has a name.
    private struct Placed: DomainEvent {
        static let wire = WireName("shelf.moved", version: 3)
        let item: String
        let place: Int
        let shelf: String

        var orderingKey: String? { self.item }
    }

    /// The same plugin, two versions later.
    private struct NewShelf: Plugin {
        static let declaration = Declaration(
            id: Shelf.id, version: "3.0.0", summary: "Things that are moved", migrations: [Shelf.migration],
            events: [Placed.self])

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions {
            On<Placed>("record", retries: Shelf.retries) { event, tx in
                try Shelf.note("\(event.item) on \(event.shelf)", event.place, by: "record", in: tx)
            }
            Upcaster("shelf.moved", from: 1) { payload in
                var members = payload.object ?? [:]
                members["place"] = members["step"]
                members["step"] = nil
                return .object(members)
            }
            Upcaster("shelf.moved", from: 2) { payload in
                var members = payload.object ?? [:]
                members["shelf"] = "oak"
                return .object(members)
            }
        }
    }

    private static let place = Command<[Placed], Void>("shelf.place", .everyone) { places, _, tx in
        for event in places { try tx.emit(event) }
    }

    private func withShelf(_ engine: TestEngine, _ body: (TestPlatform) async throws -> Void) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        try await withPlatform(engine, plugins: [Shelf.self], setup: setup, body)
    }

    @Test(arguments: TestEngine.allCases)
    func anEventOfAnOldVersionIsConvertedStepByStep(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move("vase", steps: 1...2)
            let upgraded = try platform.host([NewShelf.self])
            let call = try platform.call(as: nil)
            try await upgraded.invoker.run(
                Self.place, of: Shelf.id, [Placed(item: "vase", place: 3, shelf: "elm")], as: call)
            try await upgraded.bus.settle()

            #expect(try await platform.effects() == ["vase on oak 1", "vase on oak 2", "vase on elm 3"])
        }
    }

    /// A program that is older than the event: the other host is upgraded first.
    @Test(arguments: TestEngine.allCases)
    func anEventOfANewerVersionWaitsForAProgramThatCanReadIt(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            let upgraded = try platform.host([NewShelf.self])
            let call = try platform.call(as: nil)
            try await platform.move("vase", steps: 1...1)
            let places = [2, 3].map { Placed(item: "vase", place: $0, shelf: "elm") }
            try await upgraded.invoker.run(Self.place, of: Shelf.id, places, as: call)
            try await upgraded.invoker.run(
                Self.place, of: Shelf.id, [Placed(item: "bowl", place: 1, shelf: "elm")], as: call)
            try await platform.runtime.bus.settle()
            let waiting = try await platform.deliveries(to: Self.record)
            // Waking is for those who can read it.
            let wokenHere = try await platform.runtime.bus.wakeUnreadable()
            try await platform.runtime.bus.settle()
            let stillWaiting = try await platform.deliveries(to: Self.record)
            let wokenThere = try await upgraded.bus.wakeUnreadable()
            try await upgraded.bus.settle()

            #expect(waiting == ["done 0 -", "unreadable 0 -", "blocked 0 -", "unreadable 0 -"])
            #expect(wokenHere == 0)
            #expect(stillWaiting == waiting)
            #expect(wokenThere == 2)
            let effects = try await platform.effects()
            #expect(effects.filter { $0.hasPrefix("vase") } == ["vase 1", "vase on elm 2", "vase on elm 3"])
            #expect(effects.filter { $0.hasPrefix("bowl") } == ["bowl on elm 1"])
        }
    }

    // MARK: Golden files

    private static func golden(_ name: String) throws -> JSON {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
        return try JSON(parsing: [UInt8](Data(contentsOf: folder.appendingPathComponent(name))))
    }

    /// What programs of long ago have stored, byte for byte.
    @Test(arguments: [1, 2])
    func aStoredPayloadOfEachOldVersionBecomesTheNewOne(_ version: Int) throws {
        let upgraded = try Runtime(
            assembling: Assembler([NewShelf.self]), enabled: [EnabledPlugin(Shelf.id)],
            database: Database(
                engine: OfflineEngine(), namespace: .kernel, clock: ManualClock(TestClock.start),
                ids: UUIDv7Generator(random: SeededRandom(seed: 1))),
            random: SeededRandom(seed: 1), logger: SilentLog.logger)
        let table = upgraded.platform.consumers
        let consumer = try #require(table.consumers[Self.record])
        let reading = try #require(table.reading(of: WireName("shelf.moved", version: version), for: consumer))
        var event = DeliveredEvent(
            id: ID(high: 0, low: 1), organization: ID(high: 0, low: 2), wire: WireName("shelf.moved", version: version),
            occurredAt: TestClock.start, orderingKey: "vase",
            payload: try Self.golden("shelf.moved.\(version).json").text)
        for upcaster in reading.upcasters { event = try event.upcast(by: upcaster) }
        let expected = try Self.golden("shelf.moved.3.json")

        #expect(reading.upcasters.map(\.from.version) == Array(version..<3))
        #expect(event.wire == WireName("shelf.moved", version: 3))
        #expect(try JSON(parsing: event.payload).canonical == expected.canonical)
        let placed = try JSONDecoder().decode(Placed.self, from: Data(event.payload.utf8))
        #expect(placed.place == 7)
    }

    // MARK: What assembly refuses

    private struct Meddler: Plugin {
        static let declaration = Declaration(id: "meddler", version: "1.0.0", summary: "M", optional: ["shelf"])

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions {
            Upcaster("shelf.moved", from: 1) { $0 }
            Upcaster("meddler.gone", from: 1) { $0 }
            OnAny("look", of: WireName("shelf.moved", version: 9)) { _, _ in }
            OnAny("twice", of: Moved.wire) { _, _ in }
            On<Moved>("twice") { _, _ in }
            OnAny("torn", of: Moved.wire) { _, _ in }
            OnAny("torn", of: Moved.wire, afterDead: .continue) { _, _ in }
        }
    }

    @Test func whatCannotWorkIsRefusedWhenItIsAssembled() {
        var problems: [String] = []
        do {
            _ = try Runtime(
                assembling: Assembler([Shelf.self, Meddler.self]),
                enabled: [EnabledPlugin(Shelf.id), EnabledPlugin("meddler")],
                database: Database(
                    engine: OfflineEngine(), namespace: .kernel, clock: ManualClock(TestClock.start),
                    ids: UUIDv7Generator(random: SeededRandom(seed: 1))),
                random: SeededRandom(seed: 1), logger: SilentLog.logger)
        } catch {
            problems = error.all.map { "\($0)" }
        }

        #expect(
            problems == [
                "plugin meddler: handler twice of shelf.moved/1 is contributed twice",
                "plugin meddler: handler torn of shelf.moved/1 is contributed twice",
                """
                plugin meddler, upcaster of shelf.moved/1: the event belongs to another plugin: only that one can say \
                what its old forms mean
                """,
                """
                plugin meddler, upcaster of meddler.gone/1: it leads to meddler.gone/2, which nobody declares and no \
                upcaster takes further
                """,
                "plugin meddler, handler look of shelf.moved/9: nobody declares the event shelf.moved/9",
                """
                plugin meddler, handler torn of shelf.moved/1: torn handles shelf.moved/1 too, with other words about \
                retries or dead letters: a consumer has one way
                """,
            ])
    }
}
