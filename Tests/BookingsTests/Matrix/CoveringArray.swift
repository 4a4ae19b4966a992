/// Rows in which every two values of different dimensions come together at least once.
///
/// Each row begins with the first pair that is still missing; then every other dimension takes the value that brings the
/// most missing pairs together with those chosen already. Cohen et al., "The AETG System: An Approach to Testing Based on
/// Combinatorial Design" (1997), without its random choices: the same sizes always give the same rows.
struct CoveringArray: Sendable {
    /// A value of one dimension together with a value of a later one.
    struct Pair: Hashable, Comparable {
        let first: Int
        let firstValue: Int
        let second: Int
        let secondValue: Int

        static func < (lhs: Self, rhs: Self) -> Bool {
            (lhs.first, lhs.second, lhs.firstValue, lhs.secondValue)
                < (rhs.first, rhs.second, rhs.firstValue, rhs.secondValue)
        }
    }

    /// For each row the number of a value of each dimension.
    let rows: [[Int]]

    /// Makes rows for dimensions with so many values each.
    init(sizes: [Int]) {
        var missing = Self.pairs(of: sizes)
        var uses = sizes.map { Array(repeating: 0, count: $0) }
        var rows: [[Int]] = []
        while let pair = missing.min() {
            var row: [Int?] = Array(repeating: nil, count: sizes.count)
            row[pair.first] = pair.firstValue
            row[pair.second] = pair.secondValue
            for dimension in sizes.indices where row[dimension] == nil {
                row[dimension] = Self.best(dimension, sizes[dimension], beside: row, missing, uses[dimension])
            }
            let whole = row.map { $0 ?? 0 }
            missing.subtract(Self.pairs(in: whole))
            for (dimension, value) in whole.enumerated() { uses[dimension][value] += 1 }
            rows.append(whole)
        }
        self.rows = rows
    }

    /// The value that brings the most missing pairs, of equals the one that was taken least.
    private static func best(
        _ dimension: Int, _ size: Int, beside row: [Int?], _ missing: Set<Pair>, _ uses: [Int]
    ) -> Int {
        func gain(_ value: Int) -> Int {
            row.enumerated().reduce(0) { sum, entry in
                guard let chosen = entry.element, entry.offset != dimension else { return sum }
                return sum + (missing.contains(Self.pair(dimension, value, entry.offset, chosen)) ? 1 : 0)
            }
        }
        return (0..<size).min { (-gain($0), uses[$0], $0) < (-gain($1), uses[$1], $1) } ?? 0
    }

    private static func pair(_ one: Int, _ oneValue: Int, _ other: Int, _ otherValue: Int) -> Pair {
        one < other
            ? Pair(first: one, firstValue: oneValue, second: other, secondValue: otherValue)
            : Pair(first: other, firstValue: otherValue, second: one, secondValue: oneValue)
    }

    /// Every pair that there is.
    static func pairs(of sizes: [Int]) -> Set<Pair> {
        var pairs: Set<Pair> = []
        for first in sizes.indices {
            for second in sizes.indices where second > first {
                for firstValue in 0..<sizes[first] {
                    for secondValue in 0..<sizes[second] {
                        pairs.insert(
                            Pair(first: first, firstValue: firstValue, second: second, secondValue: secondValue))
                    }
                }
            }
        }
        return pairs
    }

    /// The pairs that a row brings together.
    static func pairs(in row: [Int]) -> Set<Pair> {
        var pairs: Set<Pair> = []
        for first in row.indices {
            for second in row.indices where second > first {
                pairs.insert(Pair(first: first, firstValue: row[first], second: second, secondValue: row[second]))
            }
        }
        return pairs
    }
}
