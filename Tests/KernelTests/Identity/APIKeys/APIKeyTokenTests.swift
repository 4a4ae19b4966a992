import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

struct APIKeyTokenTests {
    private static let token = APIKeyToken(random: SeededRandom(seed: 11))

    @Test("v5.0.0-7.2.3 keys have 256 random bits in a form that scanners know")
    func haveTheirForm() {
        let random = SeededRandom(seed: 12)
        let texts = (0..<1_000).map { _ in APIKeyToken(random: random).reveal() }
        let alphabet = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

        #expect(Set(texts).count == texts.count)
        #expect(texts.allSatisfy { $0.hasPrefix("almanac_key_") && $0.count == 61 })
        #expect(texts.allSatisfy { $0.dropFirst(12).allSatisfy(alphabet.contains) })
        #expect(texts.allSatisfy { APIKeyToken($0)?.reveal() == $0 })
        for place in 14..<54 { #expect(Set(texts.map { Array($0)[place] }).count == 62) }
        // Neither kind of token is taken for the other.
        #expect(texts.allSatisfy { AccessToken($0) == nil && RefreshToken($0) == nil })
        #expect(!APIKeyToken.isMeant(by: AccessToken(random: random).reveal()))
    }

    @Test func knownChecksums() {
        #expect(CRC32.checksum(of: Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(CRC32.checksum(of: []) == 0)
        #expect(String(decoding: Base62.encode([0xFF, 0xFF, 0xFF, 0xFF], length: 6), as: UTF8.self) == "4gfFC3")
        #expect(String(decoding: Base62.encode([0, 62], length: 3), as: UTF8.self) == "010")
        let all = Base62.encode([UInt8](repeating: 0xFF, count: 32), length: 43)
        #expect(Base62.encode([UInt8](repeating: 0, count: 32), length: 43).allSatisfy { $0 == UInt8(ascii: "0") })
        // The largest number needs all the digits there are.
        #expect(all.first != UInt8(ascii: "0"))
    }

    @Test func slipsOfTheHandAreNoticed() {
        let text = Array(Self.token.reveal())
        for place in text.indices {
            var slip = text
            slip[place] = slip[place] == "x" ? "y" : "x"
            #expect(APIKeyToken(String(slip)) == nil, "place \(place)")
            slip.remove(at: place)
            #expect(APIKeyToken(String(slip)) == nil)
        }
        for place in text.indices.dropLast() where text[place] != text[place + 1] {
            var swapped = text
            swapped.swapAt(place, place + 1)
            #expect(APIKeyToken(String(swapped)) == nil, "place \(place)")
        }
        #expect(APIKeyToken("") == nil)
        #expect(APIKeyToken(String(text) + " ") == nil)
    }

    @Test func isNotShownByAnythingThatPrints() {
        let shown = ["\(Self.token)", String(reflecting: Self.token), "\([Self.token])"]
        #expect(shown.allSatisfy { !$0.contains(Self.token.reveal()) })
        #expect(Self.token.reveal().hasPrefix(Self.token.hint))
        #expect(Self.token.hint.count == 16)
    }

    @Test(arguments: [
        ("*", ["a:b", "bookings:create"], []), ("bookings:create", ["bookings:create"], ["bookings:read", "a:create"]),
        ("bookings:*", ["bookings:create", "bookings:read"], ["booking:read", "bookings-x:read"]),
        ("*:read", ["bookings:read", "a:read"], ["bookings:reader"]),
    ])
    func scopesCover(_ text: String, _ covered: [String], _ others: [String]) throws {
        let scope = try #require(APIKeyScope(text))
        #expect(covered.allSatisfy { scope.covers(named: $0) })
        #expect(others.allSatisfy { !scope.covers(named: $0) })
    }

    @Test(arguments: [
        "", "bookings", "a:b:c", "*:*", "Bookings:read", "bookings:", ":read", "book*:read", "a b:c", "ä:b",
    ])
    func whatIsNoScope(_ text: String) { #expect(APIKeyScope(text) == nil) }
}
