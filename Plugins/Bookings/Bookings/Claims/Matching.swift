/// Gives each of some places a taker of its own, out of those who would do for it.
///
/// Taking the first who will do for each place in turn can leave a later place empty although all could be filled: of
/// a driver for cars and motorcycles and one for cars alone, the first must be kept for the motorcycle. So whoever has
/// a place gives it up when another will do for them (augmenting paths; H. W. Kuhn, "The Hungarian method for the
/// assignment problem", 1955, and any textbook on bipartite matching).
struct Matching {
    /// For each place who would do for it, the preferred first.
    private let wishes: [[Int]]
    private var taker: [Int?]
    private var place: [Int: Int] = [:]

    private init(_ wishes: [[Int]]) {
        self.wishes = wishes
        self.taker = Array(repeating: nil, count: wishes.count)
    }

    /// Fills all places at once, if that can be done.
    ///
    /// Of all ways to fill them it is the one that gives the first place the taker it prefers most, then the second,
    /// and so on: the same wishes always have the same answer.
    ///
    /// - Parameter wishes: For each place who would do for it, the preferred first.
    /// - Returns: The taker of each place, or `nil` when not all can be filled.
    static func takers(for wishes: [[Int]]) -> [Int]? {
        guard var matching = Self.filled(wishes) else { return nil }
        for place in wishes.indices { matching.prefer(at: place) }
        return matching.taker.compactMap { $0 }
    }

    /// Whether all places can be filled at once.
    static func exists(for wishes: [[Int]]) -> Bool {
        // Mostly one thing is needed, or nothing.
        if wishes.count <= 1 { return wishes.allSatisfy { !$0.isEmpty } }
        return self.filled(wishes) != nil
    }

    private static func filled(_ wishes: [[Int]]) -> Matching? {
        var matching = Matching(wishes)
        for place in wishes.indices {
            var asked: Set<Int> = []
            guard matching.fill(place, movingFrom: 0, &asked) else { return nil }
        }
        return matching
    }

    /// Finds a taker for a place; those who have a place from `first` on may be moved to another.
    ///
    /// Nothing has changed when there is none.
    private mutating func fill(_ place: Int, movingFrom first: Int, _ asked: inout Set<Int>) -> Bool {
        for wish in self.wishes[place] where asked.insert(wish).inserted {
            if let other = self.place[wish] {
                guard other >= first, self.fill(other, movingFrom: first, &asked) else { continue }
            }
            self.place[wish] = place
            self.taker[place] = wish
            return true
        }
        return false
    }

    /// Gives a place the most preferred taker that leaves one for each later place; earlier places stay as they are.
    private mutating func prefer(at place: Int) {
        guard let present = self.taker[place] else { return }
        for wish in self.wishes[place] {
            if wish == present { return }
            let other = self.place[wish]
            if let other, other < place { continue }
            self.place[present] = nil
            self.place[wish] = place
            self.taker[place] = wish
            guard let other else { return }
            var asked: Set<Int> = [wish]
            if self.fill(other, movingFrom: place + 1, &asked) { return }
            self.place[wish] = other
            self.place[present] = place
            self.taker[place] = present
        }
    }
}
