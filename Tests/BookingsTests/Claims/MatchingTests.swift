import Testing

@testable import Bookings

struct MatchingTests {
    @Test func takingTheFirstForEachPlaceIsNotEnough() {
        // 0 drives cars and motorcycles, 1 cars alone; the car comes first.
        #expect(Matching.takers(for: [[0, 1], [0]]) == [1, 0])
        // Three have to move for the last.
        #expect(Matching.takers(for: [[0, 1], [1, 2], [2, 3], [0]]) == [1, 2, 3, 0])
    }

    @Test func nobodyHasTwoPlaces() {
        #expect(Matching.takers(for: [[0], [0]]) == nil)
        #expect(Matching.takers(for: [[0, 1], [0, 1], [1, 0]]) == nil)
        #expect(Matching.takers(for: [[0, 1], []]) == nil)
        #expect(!Matching.exists(for: [[0], [0]]))
        #expect(!Matching.exists(for: [[]]))
    }

    @Test func withoutPlacesNothingIsMissing() {
        #expect(Matching.takers(for: []) == [])
        #expect(Matching.exists(for: []))
    }

    @Test func theEarlierPlaceHasWhatItPrefers() {
        #expect(Matching.takers(for: [[2, 0, 1], [2, 1, 0]]) == [2, 1])
        #expect(Matching.takers(for: [[2, 0, 1], [2]]) == [0, 2])
    }

    /// Compares with every way there is to fill the places.
    @Test func findsTheFirstOfAllWays() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<3_000 {
            let takers = Array(0..<Int.random(in: 1...5, using: &random))
            let wishes = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                takers.shuffled(using: &random).filter { _ in random.chance(0.5) }
            }
            let expected = Self.firstWay(wishes, used: [])
            #expect(Matching.takers(for: wishes) == expected, "\(wishes)")
            #expect(Matching.exists(for: wishes) == (expected != nil), "\(wishes)")
        }
    }

    private static func firstWay(_ wishes: [[Int]], used: Set<Int>) -> [Int]? {
        guard let first = wishes.first else { return [] }
        for wish in first where !used.contains(wish) {
            if let rest = self.firstWay(Array(wishes.dropFirst()), used: used.union([wish])) { return [wish] + rest }
        }
        return nil
    }
}
