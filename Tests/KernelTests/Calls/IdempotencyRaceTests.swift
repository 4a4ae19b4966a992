import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Calls with one key that come at the same time.
struct IdempotencyRaceTests {
    private typealias Outcome = IdempotencyTests.Outcome

    /// Writes a note that differs from every other, so that nothing but the key stands in the way of a second one.
    private static let write = Command<Notes.Draft, ID<Note>>("notes.write", .signedIn) { draft, call, tx in
        var draft = draft
        draft.text = "\(tx.id(Note.self))"
        return try Notes.insert(draft, call, tx)
    }

    private func answer(
        _ platform: TestPlatform, _ command: Command<Notes.Draft, ID<Note>> = Self.write, key: String?
    ) async throws -> Outcome {
        var call = try platform.call(as: .admin)
        call.idempotency = key.map { Idempotency(key: $0, fingerprint: [1]) }
        return try await IdempotencyTests.answer(platform.runtime.invoker, command, Notes.Draft(text: ""), call)
    }

    /// Answers of fifty calls at once; `nil` where a call was refused because another one was in flight.
    private func fifty(_ platform: TestPlatform, key: String?) async throws -> [Outcome?] {
        try await withThrowingTaskGroup(of: Outcome?.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    do {
                        return try await self.answer(platform, key: key)
                    } catch let refusal as Refusal where refusal.code == "idempotency_key_in_flight" {
                        return nil
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func fiftyAtOnceHaveOneEffectAndOneAnswer(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let outcomes = try await self.fifty(platform, key: "k1")
            let answers = outcomes.compactMap { $0 }
            let later = try await self.answer(platform, key: "k1")

            #expect(answers.filter { !$0.isReplayed }.count == 1)
            #expect(Set((answers + [later]).map(\.answer.body)).count == 1)
            #expect(later.isReplayed)
            if engine == .sqlite { #expect(answers.count == 50, "one writer: who waits is answered") }
            #expect(try await platform.run(Notes.list, of: Notes.id, ()).count == 1)
        }
    }

    @Test("without a key fifty at once have fifty effects (negative control)", arguments: TestEngine.allCases)
    func withoutAKeyEachIsCarriedOut(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let outcomes = try await self.fifty(platform, key: nil)

            #expect(outcomes.compactMap { $0 }.count == 50)
            #expect(try await platform.run(Notes.list, of: Notes.id, ()).count == 50)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whileOneIsCarriedOutAnotherIsRefusedOrWaits(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        try await withPlatform(engine, plugins: [Notes.self], setup: setup) { platform in
            let (hasBegun, mayEnd) = (TestSignal(), TestSignal())
            let slow = Command<Notes.Draft, ID<Note>>("notes.write", .signedIn) { draft, call, tx in
                hasBegun.send()
                mayEnd.wait()
                return try Notes.insert(draft, call, tx)
            }
            async let first = self.answer(platform, slow, key: "k1")
            await hasBegun.arrives()
            if engine == .postgres {
                // It is refused at once: the first still has its transaction open.
                let second = await refusal { _ = try await self.answer(platform, key: "k1") }
                #expect(second?.code == "idempotency_key_in_flight")
                let other = try await self.answer(platform, key: "k2")
                #expect(!other.isReplayed)
            }
            async let waiting = self.answerAfterAll(platform)
            mayEnd.send()

            let (one, two) = try await (first, waiting)

            #expect(!one.isReplayed)
            #expect(two.isReplayed)
        }
    }

    /// Sends the call again until no other is in flight, as a client does.
    private func answerAfterAll(_ platform: TestPlatform) async throws -> Outcome {
        while true {
            do {
                return try await self.answer(platform, key: "k1")
            } catch let refusal as Refusal where refusal.code == "idempotency_key_in_flight" {
                await Task.yield()
            }
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
                throw IdempotencyTests.Mistake()
            }
            async let first: Void = { _ = try? await self.answer(platform, failing, key: "k1") }()
            await hasBegun.arrives()
            async let second = self.answerAfterAll(platform)
            mayFail.send()
            _ = await first
            let answer = try await second

            #expect(!answer.isReplayed)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anExpiredKeyIsTakenOverOnce(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            _ = try await self.answer(platform, key: "k1")
            platform.clock.advance(minutes: 24 * 60)
            let outcomes = try await self.fifty(platform, key: "k1")

            #expect(outcomes.compactMap { $0 }.filter { !$0.isReplayed }.count == 1)
            #expect(try await platform.run(Notes.list, of: Notes.id, ()).count == 2)
        }
    }
}
