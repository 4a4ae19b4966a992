import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Calls with one key are one call.
struct IdempotencyTests {
    private struct Mistake: Error {}

    private func answer(
        _ platform: TestPlatform, _ command: Command<Notes.Draft, ID<Note>> = Notes.write, text: String = "hello",
        key: String = "k1", fingerprint: [UInt8] = [1], as member: TestMember = .admin,
        in place: TestPlace = .north
    ) async throws -> (isReplayed: Bool, bytes: [UInt8]) {
        var call = try platform.call(as: member, in: place)
        call.idempotency = Idempotency(key: key, fingerprint: fingerprint)
        let owner = try platform.person(member, in: place)
        let answer = try await platform.runtime.invoker.answer(
            command, of: Notes.id, Notes.Draft(text: text, owner: owner), as: call,
            encode: { Array($0.description.utf8) })
        return switch answer {
        case .done(_, let bytes): (false, bytes)
        case .replayed(let bytes): (true, bytes)
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
            #expect(first.bytes == second.bytes)
            #expect(notes == ["hello"])
            #expect(traces.contains("1 kernel.event"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aKeyStandsForOneRequestOnly(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            _ = try await self.answer(platform)
            let otherInput = await refusal { _ = try await self.answer(platform, text: "other", fingerprint: [2]) }
            let renamed = Command("notes.other", Notes.write.access, Notes.write.handle)
            let otherOperation = await refusal { _ = try await self.answer(platform, renamed) }
            let notes = try await self.notes(platform)

            #expect(otherInput?.code == "idempotency_key_reused")
            #expect(otherOperation?.code == "idempotency_key_reused")
            #expect(notes == ["hello"])
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
    func manyAtOnceHaveOneEffectAndOneAnswer(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let answers = try await withThrowingTaskGroup(of: (isReplayed: Bool, bytes: [UInt8]).self) { group in
                for _ in 0..<16 { group.addTask { try await self.answer(platform) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let notes = try await self.notes(platform)

            #expect(answers.filter { !$0.isReplayed }.count == 1)
            #expect(Set(answers.map(\.bytes)).count == 1)
            #expect(notes == ["hello"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whenTheFirstOfTwoFailsTheSecondIsCarriedOut(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        try await withPlatform(engine, plugins: [Notes.self], setup: setup) { platform in
            let (hasBegun, mayFail) = (TestSignal(), TestSignal())
            let failing = Command<Notes.Draft, ID<Note>>("notes.write", .signedIn) { _, _, _ in
                hasBegun.send()
                mayFail.wait()
                throw Mistake()
            }
            async let first: Void = { _ = try? await self.answer(platform, failing) }()
            await hasBegun.arrives()
            async let second = self.answer(platform)
            mayFail.send()
            _ = await first
            let answer = try await second

            #expect(!answer.isReplayed)
        }
    }
}
