import AlmanacStorage
import Testing

@testable import AlmanacKernel

/// What a refresh token looks like, and what it tells of itself.
struct RefreshTokenTests {
    private let token = RefreshToken(random: SeededRandom(seed: 1))

    @Test func itIsRecognizableAndSilent() {
        let text = self.token.reveal()

        #expect(text.hasPrefix("almanac_refresh_"))
        #expect(text.utf8.count == 80)
        #expect("\(self.token)" == "almanac_refresh_…")
        #expect(String(reflecting: self.token) == "almanac_refresh_…")
        #expect(RefreshToken(text)?.digest == self.token.digest)
        #expect(AccessToken(text) == nil)
        #expect(RefreshToken(AccessToken(random: SeededRandom(seed: 1)).reveal()) == nil)
    }

    @Test("v5.0.0-7.2.3 tokens are drawn from the random source with 256 bits of their own")
    func theOwnPartIsDrawnAnew() throws {
        let random = SeededRandom(seed: 2)
        let tokens = (0..<1_000).map { _ in RefreshToken(random: random) }
        let successors = tokens.map { $0.successor(random: random) }

        #expect(Set((tokens + successors).map(\.digest)).count == 2_000)
        #expect(Set((tokens + successors).map(\.familyDigest)).count == 1_000)
        for (token, successor) in zip(tokens, successors) {
            try #require(token.familyDigest == successor.familyDigest)
            // 22 characters hold the 16 shared bytes; of the last one a part belongs to what follows.
            #expect(token.reveal().suffix(42) != successor.reveal().suffix(42))
        }
    }

    @Test(arguments: [
        "", "almanac_refresh_", "almanac_refresh_" + String(repeating: "A", count: 63),
        "almanac_refresh_" + String(repeating: "A", count: 65), "almanac_refresh_" + String(repeating: "=", count: 64),
        String(repeating: "A", count: 80), "almanac_refresh_" + String(repeating: "\u{212A}", count: 64),
    ])
    func whatIsNoTokenIsNotLookedUp(_ text: String) {
        #expect(RefreshToken(text) == nil)
    }
}
