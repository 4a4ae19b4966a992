import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacOIDC

/// What `almanac doctor` learns of a provider.
@Suite(.enabled(if: Counterpart.isAvailable))
struct OIDCExaminationTests {
    private func examine(_ changes: [String] = [], clock: any WallClock = SystemClock()) async throws -> OIDCExamination
    {
        try await withIdentityProvider(changes) { provider in
            let client = OIDCClient(clock: clock)
            do {
                let found = try await client.examine(provider.provider)
                await client.close()
                return found
            } catch {
                await client.close()
                throw error
            }
        }
    }

    @Test
    func aSoundProviderIsFoundSound() async throws {
        let found = try await self.examine([
            #"code_challenge_methods_supported=["S256", "plain"]"#,
            #"id_token_signing_alg_values_supported=["RS256"]"#,
        ])
        #expect(found.takesChallenges == true)
        #expect(found.signsAcceptably && found.publishesKeys)
        let offset = try #require(found.clockOffset)
        #expect(abs(offset) < OIDCProvider.clockLeewaySeconds * 1_000_000)
    }

    @Test
    func whatIsMissingIsFound() async throws {
        let found = try await self.examine([
            #"code_challenge_methods_supported=["plain"]"#, #"id_token_signing_alg_values_supported=["HS256", "none"]"#,
        ])
        #expect(found.takesChallenges == false)
        #expect(!found.signsAcceptably)
        #expect(try await self.examine().takesChallenges == nil)
        await #expect(throws: OIDCProviderFailure.self) {
            _ = try await self.examine([#"issuer="https://other.example""#])
        }
    }

    @Test
    func aClockThatIsWrongIsFound() async throws {
        // A machine that believes it is 2001.
        let offset = try #require(
            try await self.examine(clock: ManualClock(Instant(seconds: 1_000_000_000))).clockOffset)
        #expect(offset > 86_400 * 365 * 1_000_000)
    }

    @Test(
        arguments: [
            (100, 0), (101, 0), (102, 2_000_000 - 1_500_000), (99, 0), (98, -1_000_000), (160, 58_500_000),
        ] as [(Int64, Int64)])
    func clocksThatShowSecondsMayAgree(theirs: Int64, offset: Int64) {
        let asked = Instant(seconds: 100)
        let answered = Instant(microseconds: 101_500_000)
        #expect(
            OIDCExamination.offset(of: Instant(seconds: theirs), askedAt: asked, answeredAt: answered) == offset)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"), ("Sun, 06 Nov 1994 08:49:37 CET", nil),
        ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 36 Nov 1994 08:49:37 GMT", nil), ("", nil),
        ("Sun, 06 Nov 999999999999 08:49:37 GMT", nil),
    ])
    func timesOfHeadersAreRead(text: String, instant: String?) {
        #expect(OIDCTransport.date(text)?.rfc3339 == instant)
    }
}
