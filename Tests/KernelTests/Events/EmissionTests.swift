import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Events are stored by the plugin that declares them, in the transaction that made them true.
struct EmissionTests {
    private struct Undeclared: DomainEvent {
        static let wire = WireName("notes.undeclared", version: 1)
    }

    /// Another plugin, with a service that Notes' transactions may call.
    private struct Echo: Plugin {
        static let declaration = Declaration(id: "echo", version: "1.0.0", summary: "E", events: [Echoed.self])
        private let kernel: Kernel<Self>

        init(settings: NoSettings, kernel: Kernel<Self>) throws { self.kernel = kernel }

        var contributions: Contributions { Contributions() }
    }

    private struct Echoed: DomainEvent {
        static let wire = WireName("echo.echoed", version: 3)
        let words: [String]
    }

    @Test(arguments: TestEngine.allCases)
    func anUndeclaredEventIsRefusedAndTakesTheCommandWithIt(_ engine: TestEngine) async throws {
        let emitting = Command<Void, Void>("notes.emit", .signedIn) { _, call, tx in
            _ = try Notes.insert(Notes.Draft(text: "gone"), call, tx)
            try tx.emit(Undeclared())
        }
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let error = await #expect(throws: UndeclaredUse.self) { try await platform.run(emitting, of: Notes.id, ()) }
            let traces = try await platform.traces()

            #expect(
                error?.description
                    == "notes emits notes.undeclared/1, but its declaration does not list it in `events`")
            #expect(traces.first == "0 notes.note")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theEventOfAnotherPluginIsRefused(_ engine: TestEngine) async throws {
        let emitting = Command<Void, Void>("notes.emit", .signedIn) { _, _, tx in try tx.emit(Echoed(words: [])) }
        try await withPlatform(engine, plugins: [Notes.self, Echo.self]) { platform in
            let error = await #expect(throws: UndeclaredUse.self) { try await platform.run(emitting, of: Notes.id, ()) }
            #expect(error?.description.hasPrefix("notes emits echo.echoed/3") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anEventIsStoredWithItsNameVersionAndPayload(_ engine: TestEngine) async throws {
        let emitting = Command<Void, Void>("echo.emit", .signedIn) { _, _, tx in
            try tx.emit(Echoed(words: ["a", "ü"]))
        }
        try await withPlatform(engine, plugins: [Echo.self]) { platform in
            try await platform.run(emitting, of: "echo", (), in: .south)

            let stored = try await platform.runtime.database.read(in: .system(SystemScope("look"))) { tx in
                var stored: [(OrganizationID, String, Int, String?, JSON, Instant)] = []
                try tx.forEach(
                    "SELECT organization_id, name, version, ordering_key, payload, occurred_at FROM \(Outbox.events)"
                ) { row in
                    stored.append(
                        (
                            try row.next(), try row.next(), try row.next(), try row.nextIfPresent(), try row.next(),
                            try row.next()
                        ))
                }
                return stored
            }
            let south = try platform.organization(.south).id
            let event = try #require(stored.first)
            #expect(stored.count == 1)
            #expect(event.0 == south)
            #expect(event.1 == "echo.echoed")
            #expect(event.2 == 3)
            #expect(event.3 == nil)
            #expect(event.4 == ["words": ["a", "ü"]])
            #expect(event.5 == TestClock.start)
        }
    }
}
