import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// The one write path: what happens in which order, and what is left when it does not.
struct InvokerTests {
    private struct Mistake: Error {}

    /// Eight members make the fixture's audit entries.
    private static let atFirst = [
        "0 notes.note", "8 kernel.audit_entry", "0 kernel.event", "0 kernel.delivery", "0 kernel.kept_answer",
    ]

    @Test(arguments: TestEngine.allCases)
    func aCommandLeavesItsRowItsAuditEntryItsEventAndADeliveryPerConsumer(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let before = try await platform.traces()
            _ = try await platform.run(Notes.write, of: Notes.id, Notes.Draft(text: "hello"))
            let after = try await platform.traces()

            #expect(before == Self.atFirst)
            #expect(
                after == [
                    "1 notes.note", "9 kernel.audit_entry", "1 kernel.event", "2 kernel.delivery",
                    "0 kernel.kept_answer",
                ])
            let consumers = try await platform.database.rows(
                "SELECT consumer, state FROM {kernel.delivery} ORDER BY consumer")
            #expect(consumers == [["notes.archive", "pending"], ["notes.count", "pending"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHandlerThatThrowsTakesAllTracesWithIt(_ engine: TestEngine) async throws {
        let failing = Command<Void, Void>("notes.fail", .signedIn) { _, call, tx in
            _ = try Notes.insert(Notes.Draft(text: "gone"), call, tx)
            try tx.audit("notes.written")
            throw Mistake()
        }
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            await #expect(throws: Mistake.self) { try await platform.run(failing, of: Notes.id, ()) }
            let after = try await platform.traces()
            #expect(after == Self.atFirst)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anAnswerThatCannotBeEncodedTakesAllTracesWithIt(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let call = try platform.call(as: .admin)
            await #expect(throws: Mistake.self) {
                _ = try await platform.runtime.invoker.answer(
                    Notes.write, of: Notes.id, Notes.Draft(text: "gone"), as: call, encode: { _ in throw Mistake() })
            }
            let after = try await platform.traces()
            #expect(after == Self.atFirst)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRefusedCallerNeverReachesTheHandler(_ engine: TestEngine) async throws {
        let log = TestLog()
        let observed = Command<Void, Void>("notes.observe", .permission(Permission("notes:nobody"))) { _, _, _ in
            log.note("handler")
        }
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let asAdmin = await refusal { try await platform.run(observed, of: Notes.id, (), as: .admin) }
            let asNobody = await refusal { try await platform.run(observed, of: Notes.id, (), as: nil) }
            // With the database gone, a transaction would fail otherwise.
            await platform.database.engine.close()
            let withoutDatabase = await refusal { try await platform.run(observed, of: Notes.id, (), as: .admin) }

            #expect(asAdmin?.kind == .forbidden)
            #expect(asNobody?.kind == .unauthenticated)
            #expect(withoutDatabase?.kind == .forbidden)
            #expect(log.all == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aCommandThatWritesNoEntryGetsOneInItsName(_ engine: TestEngine) async throws {
        let silent = Command<Void, Void>("notes.silent", .signedIn) { _, _, _ in }
        let speaking = Command<Void, Void>("notes.speaking", .signedIn) { _, _, tx in
            try tx.audit("notes.said", object: .init("note", ID<Note>(high: 1, low: 2)), detail: ["words": 3])
        }
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            try await platform.run(silent, of: Notes.id, (), as: .customer)
            try await platform.run(speaking, of: Notes.id, (), as: .provider)

            let rows = try await platform.database.rows(
                """
                SELECT action, actor, object_type, object_id FROM {kernel.audit_entry}
                WHERE action LIKE 'notes.%' ORDER BY action
                """)
            let customer = try platform.user(.customer).id
            let provider = try platform.user(.provider).id
            #expect(
                rows == [
                    ["notes.said", "user:\(provider)", "note", "00000000-0000-0001-0000-000000000002"],
                    ["notes.silent", "user:\(customer)", nil, nil],
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aQueryWritesNothing(_ engine: TestEngine) async throws {
        let writing = Query<Void, Int>("notes.sneaky", .signedIn) { _, call, tx in
            try tx.value(
                """
                INSERT INTO \(Notes.table) (organization_id, id, text)
                VALUES (\(call.organization), \(ID<Note>(high: 1, low: 1)), \("x")) RETURNING 1
                """) ?? 0
        }
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let error = await #expect(throws: (any Error).self) { try await platform.run(writing, of: Notes.id, ()) }
            let after = try await platform.traces()

            #expect(error?.storageError?.code == .readOnly)
            #expect(after == Self.atFirst)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anExplainedConstraintBecomesItsRefusal(_ engine: TestEngine) async throws {
        struct Explained: Plugin {
            static let declaration = Declaration(
                id: "notes", version: "1.0.0", summary: "Notes", migrations: Notes.declaration.migrations,
                events: Notes.declaration.events, permissions: Notes.declaration.permissions)

            init(settings: NoSettings, kernel: Kernel<Self>) throws {}

            var contributions: Contributions {
                Violation(of: "note_text_key", Refusal(.conflict, "note_exists", "there is such a note already"))
            }
        }
        try await withPlatform(engine, plugins: [Explained.self]) { platform in
            _ = try await platform.run(Notes.write, of: Notes.id, Notes.Draft(text: "hello"))
            let again = await refusal {
                _ = try await platform.run(Notes.write, of: Notes.id, Notes.Draft(text: "hello"))
            }
            #expect(again?.code == "note_exists")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func organizationsDoNotMeet(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            _ = try await platform.run(Notes.write, of: Notes.id, Notes.Draft(text: "same"), in: .north)
            _ = try await platform.run(Notes.write, of: Notes.id, Notes.Draft(text: "same"), in: .south)
            _ = try await platform.run(Notes.write, of: Notes.id, Notes.Draft(text: "south only"), in: .south)

            let north = try await platform.run(Notes.list, of: Notes.id, (), in: .north)
            let south = try await platform.run(Notes.list, of: Notes.id, (), in: .south)
            #expect(north == ["same"])
            #expect(south == ["same", "south only"])
        }
    }
}
