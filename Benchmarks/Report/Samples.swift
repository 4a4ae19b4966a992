/// Many measurements of one thing, in microseconds.
struct Samples: Sendable {
    private let sorted: [Double]

    init(_ values: [Double]) {
        self.sorted = values.sorted()
    }

    init(nanoseconds values: [Int64]) {
        self.init(values.map { Double($0) / 1_000 })
    }

    var count: Int { self.sorted.count }

    var median: Double { self.percentile(50) }

    /// The smallest value that is not exceeded by so many percent of all (nearest rank); 0 without any.
    func percentile(_ percent: Double) -> Double {
        guard !self.sorted.isEmpty else { return 0 }
        let rank = Int((percent / 100 * Double(self.sorted.count)).rounded(.up))
        return self.sorted[min(max(rank - 1, 0), self.sorted.count - 1)]
    }
}

extension Duration {
    /// The duration in nanoseconds; no measurement lasts a century.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// The duration in seconds.
    var inSeconds: Double { Double(self.nanoseconds) / 1e9 }
}
