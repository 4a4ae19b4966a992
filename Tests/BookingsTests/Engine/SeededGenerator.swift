import AlmanacStorage

/// The standard library's random functions over a reproducible source.
struct SeededGenerator: RandomNumberGenerator {
    private let source: SeededRandom

    init(seed: UInt64) {
        self.source = SeededRandom(seed: seed)
    }

    mutating func next() -> UInt64 { self.source.next() }

    /// Whether something with this probability happens.
    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    /// One of several values.
    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: values.indices, using: &self)] }
}
