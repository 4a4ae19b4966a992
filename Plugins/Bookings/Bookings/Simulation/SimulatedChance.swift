internal import AlmanacStorage

/// What is drawn in a simulation: integers only, so that every machine draws the same.
struct SimulatedChance: Sendable {
    private let source: SeededRandom

    init(seed: UInt64) {
        self.source = SeededRandom(seed: seed)
    }

    func next() -> UInt64 { self.source.next() }

    /// Whether something happens that does so in so many of a hundred cases.
    func happens(_ percent: Int) -> Bool { self.below(100) < percent }

    /// A number from 0 on, below another.
    func below(_ bound: Int) -> Int { bound > 0 ? Int(self.next() % UInt64(bound)) : 0 }

    /// A number of a range.
    func number(in range: ClosedRange<Int>) -> Int { range.lowerBound + self.below(range.count) }

    /// One of several; `nil` when there are none.
    func pick<Value>(_ values: [Value]) -> Value? { values.isEmpty ? nil : values[self.below(values.count)] }

    /// One of several, the first ones more often: of two that are drawn the earlier.
    func pickEarly<Value>(_ values: [Value]) -> Value? {
        values.isEmpty ? nil : values[min(self.below(values.count), self.below(values.count))]
    }
}
