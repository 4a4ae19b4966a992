import AlmanacStorage
import Testing

struct BufferedRandomTests {
    @Test func refillsWithoutRepeatingItself() {
        let random = BufferedRandom()

        let words = (0..<1_000).map { _ in random.next() }

        #expect(Set(words).count == words.count)
        // Each bit is set in some and clear in others.
        #expect(words.reduce(0, |) == .max)
        #expect(words.reduce(.max, &) == 0)
    }

    @Test func handsOutEachWordOnce() async {
        let random = BufferedRandom()

        let words = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<8 { group.addTask { (0..<500).map { _ in random.next() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }

        #expect(Set(words).count == 4_000)
    }
}
