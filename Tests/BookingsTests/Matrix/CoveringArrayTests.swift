import Testing

struct CoveringArrayTests {
    private static let sizes: [[Int]] = [
        [2, 2], [3, 4], [2, 2, 2, 2, 2, 2, 2, 2], [3, 2, 2, 3, 2, 3, 3, 2, 2, 3, 3], [5, 1, 4], [1, 1],
    ]

    @Test(arguments: Self.sizes)
    func everyPairIsThere(_ sizes: [Int]) {
        let rows = CoveringArray(sizes: sizes).rows

        // Counted the other way round: from values to rows.
        for first in sizes.indices {
            for second in sizes.indices where second != first {
                for firstValue in 0..<sizes[first] {
                    for secondValue in 0..<sizes[second] {
                        #expect(
                            rows.contains { $0[first] == firstValue && $0[second] == secondValue },
                            "\(first):\(firstValue) with \(second):\(secondValue)")
                    }
                }
            }
        }
        #expect(rows.allSatisfy { row in row.count == sizes.count && zip(row, sizes).allSatisfy { $0 < $1 } })
    }

    @Test(arguments: Self.sizes)
    func thereAreFewRows(_ sizes: [Int]) {
        let rows = CoveringArray(sizes: sizes).rows
        let largest = sizes.sorted(by: >).prefix(2).reduce(1, *)

        // Fewer than the product of the two largest is impossible.
        #expect(rows.count >= largest)
        #expect(rows.count <= 2 * largest + sizes.count)
        #expect(Set(rows).count == rows.count)
    }

    @Test
    func theSameSizesGiveTheSameRows() {
        let sizes = Self.sizes[3]
        #expect(CoveringArray(sizes: sizes).rows == CoveringArray(sizes: sizes).rows)
    }

    @Test
    func oneDimensionHasNoPairs() {
        #expect(CoveringArray(sizes: [4]).rows.isEmpty)
        #expect(CoveringArray(sizes: []).rows.isEmpty)
    }
}
