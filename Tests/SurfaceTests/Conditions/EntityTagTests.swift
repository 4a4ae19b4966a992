import Testing

@testable import AlmanacSurface

/// Tags and lists of them, as RFC 9110 §8.8.3 and §13.1 write them.
struct EntityTagTests {
    private func tags(_ lines: String...) -> [String]? {
        switch EntityTagList(lines) {
        case .any?: ["*"]
        case .tags(let tags)?: tags.map(\.text)
        case nil: nil
        }
    }

    @Test func listsAreReadAsTheyAreWritten() {
        #expect(self.tags(#""3""#) == [#""3""#])
        #expect(self.tags(#" "3.a" , W/"b,c",,"" "#) == [#""3.a""#, #"W/"b,c""#, #""""#])
        #expect(self.tags(#""1""#, #""2""#) == [#""1""#, #""2""#], "several lines are one list")
        #expect(self.tags(" * ") == ["*"])
    }

    @Test(arguments: [
        "", ",", "3", "\"3", "3\"", "\"a\"b", "\"a\" \"b\"", "w/\"3\"", "W/ \"3\"", "*, \"3\"", "\"3\", *", "\"a b\"",
        "'3'",
    ])
    func whatIsNoListIsRefused(text: String) {
        #expect(self.tags(text) == nil)
    }

    @Test func endlessListsAreRefused() {
        let tags = Array(repeating: "\"1\"", count: 101).joined(separator: ",")
        #expect(self.tags(tags) == nil)
        #expect(self.tags(String(tags.dropLast(4)))?.count == 100)
    }

    @Test func aTagNamesTheVersionInFront() {
        #expect(EntityTag(opaque: "3").version == 3)
        #expect(EntityTag(opaque: "12.abc").version == 12)
        #expect(EntityTag(opaque: "b-123").version == nil)
        #expect(EntityTag(opaque: "+3").version == nil)
        #expect(EntityTag(opaque: "").version == nil)
        #expect(EntityTag(opaque: "3", isWeak: true).version == nil, "If-Match compares strongly")
        #expect(EntityTag(opaque: "99999999999999999999").version == nil)
    }

    @Test func equalTagsStandForEqualBytes() throws {
        let one = try #require(EntityTag(version: 1, body: [1]))
        #expect(one.matchesStrongly(try #require(EntityTag(version: 1, body: [1]))))
        #expect(!one.matchesStrongly(try #require(EntityTag(version: 1, body: [2]))))
        #expect(!one.matchesStrongly(try #require(EntityTag(version: 2, body: [1]))))
        #expect(EntityTag(version: nil, body: [UInt8](repeating: 0, count: 64 << 10)) != nil)
        #expect(EntityTag(version: nil, body: [UInt8](repeating: 0, count: 65 << 10)) == nil)
    }
}
