import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Calls with one key are one call.
struct IdempotencyTests {
    struct Mistake: Error {}

    /// What became of a call with a key.
    struct Outcome: Sendable {
        let isReplayed: Bool
        let answer: EncodedAnswer
    }

    private func answer(
        _ platform: TestPlatform, _ command: Command<Notes.Draft, ID<Note>> = Notes.write, text: String = "hello",
        key: String = "k1", fingerprint: [UInt8] = [1], as member: TestMember = .admin, in place: TestPlace = .north,
        keepsAnswer: Bool = true
    ) async throws -> Outcome {
        var call = try platform.call(as: member, in: place)
        call.idempotency = Idempotency(key: key, fingerprint: fingerprint, keepsAnswer: keepsAnswer)
        let draft = Notes.Draft(text: text, owner: try platform.person(member, in: place))
        return try await Self.answer(platform.runtime.invoker, command, draft, call)
    }

    static func answer(
        _ invoker: Invoker, _ command: Command<Notes.Draft, ID<Note>>, _ draft: Notes.Draft, _ call: Call
    ) async throws -> Outcome {
        let answer = try await invoker.answer(
            command, of: Notes.id, draft, as: call,
            encode: { EncodedAnswer(status: 201, version: 7, body: Array($0.description.utf8)) })
        return switch answer {
        case .done(_, let answer): Outcome(isReplayed: false, answer: answer)
        case .replayed(let answer): Outcome(isReplayed: true, answer: answer)
        }
    }

    private func notes(_ platform: TestPlatform, in place: TestPlace = .north) async throws -> [String] {
        try await platform.run(Notes.list, of: Notes.id, (), in: place)
    }

    @Test(arguments: TestEngine.allCases)
    func theSecondCallGetsTheFirstOnesAnswer(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let first = try await self.answer(platform)
            let second = try await self.answer(platform)
            let notes = try await self.notes(platform)
            let traces = try await platform.traces()

            #expect(!first.isReplayed)
            #expect(second.isReplayed)
            #expect(first.answer == second.answer, "status, version and body")
            #expect(notes == ["hello"])
            #expect(traces.contains("1 kernel.event"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aKeyStandsForOneRequestOfAnOperation(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            _ = try await self.answer(platform)
            let otherInput = await refusal { _ = try await self.answer(platform, text: "other", fingerprint: [2]) }
            let renamed = Command("notes.other", Notes.write.access, Notes.write.handle)
            let otherOperation = try await self.answer(platform, renamed, text: "third")
            let notes = try await self.notes(platform)

            #expect(otherInput?.code == "idempotency_key_reused")
            #expect(!otherOperation.isReplayed)
            #expect(notes == ["hello", "third"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func keysOfDifferentCallersAndOrganizationsDoNotMeet(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            _ = try await self.answer(platform, text: "admin's")
            let customer = try await self.answer(platform, text: "customer's", as: .customer)
            let south = try await self.answer(platform, text: "southern", in: .south)

            #expect(!customer.isReplayed)
            #expect(!south.isReplayed)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRefusedCallLeavesTheKeyFree(_ engine: TestEngine) async throws {
        let refusing = Command<Notes.Draft, ID<Note>>("notes.write", .signedIn) { _, _, _ in
            throw Refusal(.conflict, "not_now", "not now")
        }
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let refused = await refusal { _ = try await self.answer(platform, refusing) }
            let retried = try await self.answer(platform)

            #expect(refused?.code == "not_now")
            #expect(!retried.isReplayed)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func answersAreKeptForADay(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            _ = try await self.answer(platform)
            platform.clock.advance(minutes: 24 * 60, microseconds: -1)
            let early = try await self.answer(platform)
            platform.clock.advance(microseconds: 1)
            let late = try await self.answer(platform, text: "tomorrow", fingerprint: [2])
            let again = try await self.answer(platform, text: "tomorrow", fingerprint: [2])
            let notes = try await self.notes(platform)

            #expect(early.isReplayed)
            #expect(!late.isReplayed)
            #expect(again.isReplayed)
            #expect(notes == ["hello", "tomorrow"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func keysAreForgottenAfterADay(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            _ = try await self.answer(platform)
            _ = try await self.answer(platform, in: .south)
            platform.clock.advance(minutes: 24 * 60)
            _ = try await self.answer(platform, text: "new", key: "k2")
            let retention = platform.runtime.retention.service

            #expect(await retention.step().removed["kernel.kept_answer"] == 2)
            #expect(await retention.step().removed["kernel.kept_answer"] == nil)
            #expect(try await platform.traces().contains("1 kernel.kept_answer"))
            #expect(try await self.answer(platform, text: "new", key: "k2").isReplayed)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func answersWithSecretsAreNotKept(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            _ = try await self.answer(platform, keepsAnswer: false)
            let second = await refusal { _ = try await self.answer(platform, keepsAnswer: false) }
            let other = await refusal { _ = try await self.answer(platform, fingerprint: [2], keepsAnswer: false) }
            let rows = try await platform.database.rows(
                "SELECT count(*) FROM {kernel.kept_answer} WHERE answer IS NULL")

            #expect(second?.code == "answer_not_kept")
            #expect(other?.code == "idempotency_key_reused")
            #expect(rows == [["1"]])
            #expect(try await self.notes(platform) == ["hello"])
        }
    }
}
