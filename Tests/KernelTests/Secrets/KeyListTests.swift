import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// The text in which keys are kept, and what may become of a list.
struct KeyListTests {
    private static func list(seed: UInt64 = 1) -> KeyList {
        KeyList(firstAt: TestClock.start, random: SeededRandom(seed: seed))
    }

    private static func fault(_ text: String) -> String? {
        do throws(KeyList.Fault) {
            _ = try KeyList(parsing: text)
            return nil
        } catch {
            return error.description
        }
    }

    /// The one line of a list with a key.
    private static func line(_ list: KeyList) throws -> String {
        try #require(list.text.split(separator: "\n").map(String.init).first { !$0.hasPrefix("#") })
    }

    @Test func readsWhatItWrites() throws {
        let list = try Self.list().addingStandby(at: TestClock.start.adding(seconds: 5), random: SeededRandom(seed: 2))
            .rotated(at: TestClock.start.adding(seconds: 9), random: SeededRandom(seed: 3))

        let read = try KeyList(parsing: list.text)

        #expect(read.text == list.text)
        #expect(read.primary.id == list.primary.id)
        #expect(read.keys.map(\.state) == [.former, .primary])
        #expect(read.keys.map(\.since) == [TestClock.start.adding(seconds: 9), TestClock.start.adding(seconds: 9)])
        #expect(read.keys.map(\.material) == list.keys.map(\.material))
    }

    @Test func semicolonsStandForLineBreaks() throws {
        let list = try Self.list().addingStandby(at: TestClock.start, random: SeededRandom(seed: 2))
        let oneLine = list.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: " ; ")

        #expect(try KeyList(parsing: oneLine).text == list.text)
    }

    @Test func namesTheLineThatIsWrongAndShowsNoKey() throws {
        let line = try Self.line(Self.list())
        let words = line.split(separator: " ").map(String.init)
        let other = try Self.line(Self.list(seed: 2)).split(separator: " ").map(String.init)
        let texts = [
            "", "# nothing\n", "\(line) extra", "x\n", "zz\(words[0].dropFirst(2)) primary \(words[2]) \(words[3])",
            "\(words[0]) chief \(words[2]) \(words[3])", "\(words[0]) primary yesterday \(words[3])",
            "\(words[0]) primary \(words[2]) \(words[3].dropLast())", "\(words[0]) former \(words[2]) \(words[3])",
            "\(line)\n\(line)", "#\n\(words[0]) primary \(words[2]) \(other[3])",
        ]
        for text in texts {
            let fault = try #require(Self.fault(text), "\(text)")
            #expect(!fault.contains(words[3]) && !fault.contains(other[3]), "\(fault)")
        }
        #expect(Self.fault(texts[10])?.hasPrefix("line 2: ") == true)
        #expect(Self.fault(texts[10])?.contains(words[0]) == true)
    }

    @Test func theOldestKeyInStandbyTakesOver() throws {
        let list = Self.list()
        let waiting = try list.addingStandby(at: TestClock.start, random: SeededRandom(seed: 2))
            .addingStandby(at: TestClock.start, random: SeededRandom(seed: 3))
        let rotated = try waiting.rotated(at: TestClock.start, random: SeededRandom(seed: 4))
        let drawn = try list.rotated(at: TestClock.start, random: SeededRandom(seed: 4))

        #expect(rotated.primary.id == waiting.keys[1].id)
        #expect(Set(rotated.keys.map(\.id)) == Set(waiting.keys.map(\.id)))
        #expect(rotated.find(list.primary.id)?.state == .former)
        #expect(drawn.keys.count == 2)
        #expect(drawn.primary.id != list.primary.id)
        #expect(throws: KeyList.Fault.self) { try list.removing(list.primary.id) }
    }

    @Test func showsNoKeyInAnythingThatPrints() throws {
        let list = Self.list()
        let secret = try #require(try Self.line(list).split(separator: " ").last)
        var dumped = ""
        dump(list, to: &dumped)
        let ring = KeyRing(
            KeyText(Secret(list.text), name: "x"), clock: ManualClock(TestClock.start), random: SystemRandom())
        dump(ring, to: &dumped)
        let shown = [dumped, "\(list)", String(reflecting: list), "\(list.primary)", "\(ring)"]

        #expect(shown.allSatisfy { !$0.contains(secret) })
    }
}
