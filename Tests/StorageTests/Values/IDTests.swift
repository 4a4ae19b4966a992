internal import AlmanacStorage
internal import Foundation
internal import Testing

private enum Thing {}
private enum Other {}

struct IDTests {
    private let text = "01234567-89ab-7def-8123-456789abcdef"
    private let id = ID<Thing>(high: 0x0123_4567_89ab_7def, low: 0x8123_4567_89ab_cdef)

    @Test func textAndBitsAgree() {
        #expect(self.id.description == self.text)
        #expect(ID<Thing>(self.text) == self.id)
        #expect(ID<Thing>(self.text.uppercased()) == self.id)
        #expect(ID<Thing>(high: .max, low: 0).description == "ffffffff-ffff-ffff-0000-000000000000")
    }

    @Test func foundationReadsTheSame() throws {
        let random = SeededRandom(seed: 3)
        for _ in 0..<1_000 {
            let id = ID<Thing>(high: random.next(), low: random.next())
            let uuid = try #require(UUID(uuidString: id.description))
            #expect(uuid.uuidString.lowercased() == id.description)
            #expect(ID<Thing>(uuid.uuidString) == id)
        }
    }

    @Test(arguments: [
        "", "01234567-89ab-7def-8123-456789abcde", "01234567-89ab-7def-8123-456789abcdef0",
        "0123456789ab7def8123456789abcdef", "{1234567-89ab-7def-8123-456789abcde}",
        "01234567-89ab-7def-8123-456789abcdeg", "01234567_89ab-7def-8123-456789abcdef",
        "01234567-89ab-7def-81234456789abcdef", "-1234567-89ab-7def-8123-456789abcdef",
        "01234567-89ab-7def-8123-456789abcd\u{e9}", "01234567-89ab-7def-8123-456789abc\u{0}ef",
    ])
    func otherTextIsRefused(text: String) {
        #expect(ID<Thing>(text) == nil)
    }

    @Test func appendingGivesTheSameBytesAsTheText() {
        var bytes: [UInt8] = [0x5B]
        self.id.appendText(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "[" + self.text)
    }

    @Test func orderIsThatOfTheBytes() {
        let random = SeededRandom(seed: 4)
        var ids = [self.id, ID(high: .max, low: 0), ID(high: 0, low: .max), ID(high: self.id.high, low: 0)]
        for _ in 0..<200 { ids.append(ID(high: random.next(), low: random.next())) }
        #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
    }

    @Test func castingKeepsTheBits() {
        let other: ID<Other> = self.id.cast()
        #expect(other.description == self.text)
        #expect(self.id.cast(to: Other.self) == other)
    }

    @Test func jsonIsOneStringAndAColumnHoldsTheBits() throws {
        let data = try JSONEncoder().encode([self.id])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(self.text)\"]")
        #expect(try JSONDecoder().decode([ID<Thing>].self, from: data) == [self.id])
        #expect(self.id.sqlValue == .uuid(self.id.high, self.id.low))
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([ID<Thing>].self, from: Data("[\"x\"]".utf8)) }
    }
}
