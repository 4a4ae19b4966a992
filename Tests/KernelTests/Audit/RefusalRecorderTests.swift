import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Refusals are in the log, and no flood of them drowns it.
struct RefusalRecorderTests {
    private static func attempt(
        _ organization: OrganizationID, actor: String = "user:x", code: String = "forbidden",
        from address: String = "192.0.2.1"
    ) -> RefusedAttempt {
        RefusedAttempt(
            organization, actor: actor, operation: "notes.write", code: code,
            origin: Origin(.http, address: address, requestID: "r"))
    }

    /// The refusals of an organization's log, in order: actor, address and detail.
    private func refusals(_ platform: TestPlatform, in place: TestPlace = .north) async throws -> [JSON] {
        await platform.runtime.audit.refusals.settle()
        let organization = try platform.organization(place).id
        let found = try await platform.runtime.database.read(in: .organization(organization)) { tx in
            try tx.values(
                """
                SELECT canonical FROM \(AuditTrail.table)
                WHERE organization_id = \(organization) AND is_success = \(false) ORDER BY id
                """, as: [UInt8].self)
        }
        return try found.map { try JSON(parsing: $0) }
    }

    @Test(arguments: TestEngine.allCases)
    func theFirstIsWrittenAtOnceAndTheRestOfTheMinuteAsOne(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let recorder = platform.runtime.audit.refusals
            let north = try platform.organization().id
            for _ in 0..<50 { recorder.note(Self.attempt(north)) }
            #expect(try await self.refusals(platform).count == 1)
            platform.clock.advance(seconds: 40)
            recorder.note(Self.attempt(north))
            recorder.flush()
            #expect(try await self.refusals(platform).count == 1)
            platform.clock.advance(seconds: 20)
            recorder.flush()
            recorder.flush()

            let entries = try await self.refusals(platform)
            #expect(entries.map { $0["action"] } == ["kernel.access.refused", "kernel.access.refused"])
            #expect(entries.map { $0["actor"] } == ["user:x", "user:x"])
            #expect(entries.map { $0["success"] } == [false, false])
            #expect(try await platform.actions(from: "192.0.2.1").count == 2)
            #expect(entries.first?["detail"] == ["code": "forbidden", "operation": "notes.write"])
            #expect(
                entries.last?["detail"] == [
                    "code": "forbidden", "count": 50, "operation": "notes.write", "since": "2026-03-02T08:00:00Z",
                    "until": "2026-03-02T08:00:40Z",
                ])
            // Another minute is another first one.
            recorder.note(Self.attempt(north))
            #expect(try await self.refusals(platform).count == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func kindsAreKeptApart(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let recorder = platform.runtime.audit.refusals
            let north = try platform.organization(.north).id
            let south = try platform.organization(.south).id
            recorder.note(Self.attempt(north))
            recorder.note(Self.attempt(south))
            recorder.note(Self.attempt(north, actor: "user:y"))
            recorder.note(Self.attempt(north, code: "token_invalid"))
            recorder.note(Self.attempt(north, from: "192.0.2.2"))
            // One who has many addresses has one block.
            recorder.note(Self.attempt(north, from: "2001:db8::1"))
            recorder.note(Self.attempt(north, from: "2001:db8::2"))

            #expect(try await self.refusals(platform, in: .north).count == 5)
            #expect(try await self.refusals(platform, in: .south).count == 1)
        }
    }

    @Test func aFloodOfKindsIsCountedTogether() async throws {
        try await withPlatform(.sqlite) { platform in
            let recorder = platform.runtime.audit.refusals
            let north = try platform.organization().id
            for number in 0..<20_000 {
                recorder.note(Self.attempt(north, from: "10.0.\(number / 256).\(number % 256)"))
            }
            #expect(recorder.load.kinds == 120)
            #expect(try await self.refusals(platform).count == 120)
            platform.clock.advance(minutes: 1)
            recorder.flush()

            let entries = try await self.refusals(platform)
            #expect(entries.count == 121)
            #expect(entries.last?["detail"]?["others"] == true)
            #expect(entries.last?["detail"]?["count"] == 19_880)
            #expect(recorder.load.kinds == 0)
        }
    }

    @Test func theEndWritesWhatWasCounted() async throws {
        try await withPlatform(.sqlite) { platform in
            let recorder = platform.runtime.audit.refusals
            let north = try platform.organization().id
            for _ in 0..<3 { recorder.note(Self.attempt(north)) }
            recorder.flush(all: true)

            #expect(try await self.refusals(platform).last?["detail"]?["count"] == 2)
        }
    }

    @Test func withoutADatabaseNothingGrows() async throws {
        try await withPlatform(.sqlite) { platform in
            let recorder = platform.runtime.audit.refusals
            let north = try platform.organization().id
            await platform.database.engine.close()
            for minute in 0..<30 {
                for number in 0..<200 { recorder.note(Self.attempt(north, from: "10.0.\(minute).\(number)")) }
                platform.clock.advance(minutes: 1)
                recorder.flush()
                await recorder.settle()
            }
            #expect(recorder.load.kinds == 0)
            #expect(recorder.load.waiting <= 1_200)
        }
    }

    @Test("v5.0.0-16.3.2 commands that are refused leave an entry", arguments: TestEngine.allCases)
    func commandsThatAreRefusedLeaveAnEntry(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let draft = Notes.Draft(text: "of somebody else", owner: try platform.person(.otherCustomer))
            _ = await refusal { _ = try await platform.run(Notes.write, of: Notes.id, draft, as: .customer) }
            // Who has not signed in has tried nothing.
            _ = await refusal { _ = try await platform.run(Notes.write, of: Notes.id, draft, as: nil) }
            let customer = try platform.user(.customer).id
            let entries = try await self.refusals(platform)

            #expect(entries.map { $0["actor"] } == [.string("user:\(customer)")])
            #expect(entries.first?["detail"] == ["code": "forbidden", "operation": "notes.write"])
        }
    }
}
