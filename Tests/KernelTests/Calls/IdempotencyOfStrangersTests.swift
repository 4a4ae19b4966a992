import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Strangers have no name, so that two of them may choose one key; and what is kept for anybody is sealed.
struct IdempotencyOfStrangersTests {
    private static let write = Command<Notes.Draft, ID<Note>>("notes.write", .everyone) { draft, call, tx in
        try Notes.insert(Notes.Draft(text: "\(tx.id(Note.self))"), call, tx)
    }

    private func stranger(
        _ platform: TestPlatform, from address: String?, fingerprint: [UInt8] = [1]
    ) async throws -> IdempotencyTests.Outcome {
        var call = try platform.call(as: nil)
        call.origin.address = address
        call.idempotency = Idempotency(key: "1", fingerprint: fingerprint)
        return try await IdempotencyTests.answer(platform.runtime.invoker, Self.write, Notes.Draft(text: ""), call)
    }

    @Test(arguments: TestEngine.allCases)
    func strangersNeverMeet(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let first = try await self.stranger(platform, from: "192.0.2.1")
            let elsewhere = try await self.stranger(platform, from: "192.0.2.2")
            let otherRequest = try await self.stranger(platform, from: "192.0.2.1", fingerprint: [2])
            let nowhere = try await self.stranger(platform, from: nil)
            let nowhereAgain = try await self.stranger(platform, from: nil)
            let all = [first, elsewhere, otherRequest, nowhere, nowhereAgain]

            #expect(all.allSatisfy { !$0.isReplayed })
            #expect(Set(all.map(\.answer.body)).count == 5)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoRepeatsTheirOwnRequestIsAnswered(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let first = try await self.stranger(platform, from: "192.0.2.1")
            let again = try await self.stranger(platform, from: "192.0.2.1")
            let six = try await self.stranger(platform, from: "2001:db8::1")
            let sameNetwork = try await self.stranger(platform, from: "2001:db8::2")
            let otherNetwork = try await self.stranger(platform, from: "2001:db8:0:1::1")

            #expect(again.isReplayed && again.answer == first.answer)
            #expect(sameNetwork.isReplayed && sameNetwork.answer == six.answer)
            #expect(!otherNetwork.isReplayed)
        }
    }

    /// Turns bytes over and puts the row in front.
    private struct Turning: AnswerSealing {
        struct WrongRow: Error {}

        func seal(_ answer: [UInt8], for row: [UInt8]) -> [UInt8] { row.reversed() + answer.map { ~$0 } }
        func open(_ sealed: [UInt8], for row: [UInt8]) throws -> [UInt8] {
            guard sealed.starts(with: row.reversed()) else { throw WrongRow() }
            return sealed.dropFirst(row.count).map { ~$0 }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func answersAreStoredSealedForTheirRow(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let runtime = platform.runtime
            let invoker = Invoker(platform: runtime.platform, database: runtime.database, sealing: Turning())
            func answer(_ key: String) async throws -> IdempotencyTests.Outcome {
                var call = try platform.call(as: .admin)
                call.idempotency = Idempotency(key: key, fingerprint: [1])
                return try await IdempotencyTests.answer(invoker, Self.write, Notes.Draft(text: ""), call)
            }
            let first = try await answer("k1")
            let stored: [[UInt8]] = try await runtime.database.read(in: .system(SystemScope("test"))) { tx in
                try tx.values("SELECT answer FROM \(IdempotencyLedger.table)")
            }
            let again = try await answer("k1")
            _ = try await answer("k2")
            // Somebody with access to the database puts one answer in the place of another.
            try await runtime.database.write(in: .system(SystemScope("test"))) { tx in
                try tx.execute("UPDATE \(IdempotencyLedger.table) SET answer = \(stored[0]) WHERE key = 'k2'")
            }
            let swapped = await refusal { _ = try await answer("k2") }

            #expect(again.isReplayed && again.answer == first.answer)
            #expect(stored.count == 1)
            #expect(!stored[0].contains(first.answer.body))
            #expect(swapped?.code == "answer_not_kept")
        }
    }

    @Test func answersSurviveTheirEncoding() {
        let answers = [
            EncodedAnswer(status: 201, version: 3, body: [1, 2]), EncodedAnswer(status: 200, body: []),
            EncodedAnswer(status: 200, version: .max, body: [0]),
        ]
        #expect(answers.map { EncodedAnswer(bytes: $0.bytes) } == answers)
        #expect(EncodedAnswer(bytes: [1, 0]) == nil)
        #expect(EncodedAnswer(bytes: [UInt8](repeating: 9, count: 30)) == nil)
    }
}
