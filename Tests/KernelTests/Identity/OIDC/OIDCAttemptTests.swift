import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// A try to sign in belongs to the client that began it, and ends once.
struct OIDCAttemptTests {
    private static let unknown = "oidc_attempt_unknown"

    @Test("v5.0.0-10.2.1 a try ends once, however it ends", arguments: TestEngine.allCases)
    func endsOnce(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let callback = fixture.callback(try await fixture.begin())
            _ = try await fixture.finish(callback)
            #expect(await fixture.refusalToFinish(callback) == Self.unknown)

            var denied = fixture.callback(try await fixture.begin())
            denied.error = "access_denied"
            #expect(await fixture.refusalToFinish(denied) == "oidc_denied")
            denied.error = nil
            #expect(await fixture.refusalToFinish(denied) == Self.unknown)
        }
    }

    @Test("v5.0.0-10.1.2 a try belongs to the client that began it", arguments: TestEngine.allCases)
    func belongsToItsClient(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            // The attacker has begun a try, and has the victim's browser end it; or the other way round.
            let victim = try await fixture.begin()
            let attacker = try await fixture.begin()
            var mixed = fixture.callback(victim)
            mixed.handle = attacker.handle
            #expect(await fixture.refusalToFinish(mixed) == Self.unknown)
            for handle in ["", "x", String(victim.handle.dropLast()), victim.handle + "A"] {
                mixed.handle = handle
                #expect(await fixture.refusalToFinish(mixed) == Self.unknown)
            }
            #expect(fixture.gateway.redeemed.count == 1)

            // None of that has ended the try of the one whose it is.
            #expect(await fixture.refusalToFinish(fixture.callback(victim)) == nil)
        }
    }

    /// Otherwise somebody could link their own identity to whoever opens an address of theirs.
    @Test(arguments: TestEngine.allCases)
    func aLinkIsMadeByTheUserWhoBeganIt(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            for member in [nil, .otherCustomer, .admin] as [TestMember?] {
                let callback = fixture.callback(try await fixture.begin(as: .customer))
                #expect(await fixture.refusalToFinish(callback, as: member) == Self.unknown)
            }
            // And a try that nobody who was signed in began links nobody, whoever ends it.
            let callback = fixture.callback(try await fixture.begin())
            #expect(await fixture.refusalToFinish(callback, as: .customer) == "oidc_not_linked")
            #expect(try await fixture.links().isEmpty)
            #expect(fixture.gateway.redeemed.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aLinkNeedsASession(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            // A user as somebody has them who holds a key of theirs and no session.
            let call = try fixture.platform.call(as: .customer)
            let code = await refusal { _ = try await fixture.oidc.begin(with: "plain", .init(), call) }?.code

            #expect(code == "session_required")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func endsWithinTenMinutes(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let early = try await fixture.begin()
            let late = try await fixture.begin()
            fixture.platform.clock.advance(seconds: 599)
            #expect(await fixture.refusalToFinish(fixture.callback(early)) == nil)
            fixture.platform.clock.advance(seconds: 1)
            #expect(await fixture.refusalToFinish(fixture.callback(late)) == Self.unknown)
            // The next one sweeps up.
            _ = try await fixture.begin()
            let left = try await fixture.platform.database.rows("SELECT count(*) FROM {kernel.oidc_attempt}")
            #expect(left == [["1"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func belongsToItsOrganizationAndProvider(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let begun = try await fixture.begin()
            #expect(await fixture.refusalToFinish(fixture.callback(begun), in: .south) == Self.unknown)
            #expect(await fixture.refusalToFinish(fixture.callback(begun, "other"), "other") == Self.unknown)
            #expect(await fixture.refusalToFinish(fixture.callback(begun)) == nil)
        }
    }

    @Test("v5.0.0-10.2.2 an answer of another provider is none (RFC 9207)", arguments: TestEngine.allCases)
    func anAnswerOfAnotherProviderIsNone(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            var callback = fixture.callback(try await fixture.begin())
            callback.issuer = "https://other.example"
            #expect(await fixture.refusalToFinish(callback) == "oidc_refused")
            fixture.gateway.namesItself = true
            #expect(await fixture.refusalToFinish(fixture.callback(try await fixture.begin())) == "oidc_refused")
            // No code went to the wrong provider.
            #expect(fixture.gateway.redeemed.count == 1)
            #expect(try await fixture.refusals() == ["answer_of_another_issuer", "answer_without_issuer"])

            callback = fixture.callback(try await fixture.begin())
            callback.issuer = "https://plain.example"
            #expect(await fixture.refusalToFinish(callback) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nothingThatIsStoredSignsAnybodyIn(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            let begun = try await fixture.begin()
            let handle = try #require(OIDCHandle(begun.handle))
            let state = OIDCFixture.parameter("state", of: begun)
            let secrets = [state, begun.handle, handle.nonce, handle.verifier, handle.challenge]
            let forms = secrets.flatMap { text in
                [Array(text.utf8), Base64URL.decode(text) ?? []].map { $0.map { String($0, radix: 16) }.joined() }
            }
            let database = fixture.platform.runtime.database
            let stored = try await database.read(in: .system(SystemScope("test"))) { tx in
                try tx.values("SELECT state_hash FROM \(OIDCAttempt.table)", as: [UInt8].self)
                    + tx.values("SELECT handle_hash FROM \(OIDCAttempt.table)", as: [UInt8].self)
            }.map { $0.map { String($0, radix: 16) }.joined() }

            #expect(stored.count == 2)
            #expect(Set(stored).isDisjoint(with: forms))
            _ = await fixture.refusalToFinish(fixture.callback(begun))
            let entries = try await fixture.entries(of: "kernel.oidc.refused").map(\.text).joined()
            #expect(!entries.isEmpty)
            for secret in secrets + ["code-1"] { #expect(!entries.contains(secret)) }
        }
    }
}
