internal import Metrics
internal import Synchronization

/// A number that grows.
final class CounterSeries: CounterHandler, Sendable {
    private let total = Atomic<Int64>(0)

    var value: Int64 { self.total.load(ordering: .relaxed) }

    func increment(by amount: Int64) { self.total.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { self.total.store(0, ordering: .relaxed) }
}

/// A number that goes up and down.
final class GaugeSeries: MeterHandler, RecorderHandler, FloatingPointCounterHandler, Sendable {
    private let bits = Atomic<UInt64>(Double(0).bitPattern)

    var value: Double { Double(bitPattern: self.bits.load(ordering: .relaxed)) }

    func set(_ value: Int64) { self.set(Double(value)) }
    func set(_ value: Double) { self.bits.store(value.bitPattern, ordering: .relaxed) }
    func record(_ value: Int64) { self.set(Double(value)) }
    func record(_ value: Double) { self.set(value) }
    func decrement(by amount: Double) { self.increment(by: -amount) }
    func reset() { self.set(Double(0)) }

    func increment(by amount: Double) {
        var known = self.bits.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: known) + amount
            let (isDone, now) = self.bits.weakCompareExchange(
                expected: known, desired: sum.bitPattern, ordering: .relaxed)
            if isDone { return }
            known = now
        }
    }
}

/// How many values were at most so large, for some sizes, and their sum.
///
/// Recording is two additions and takes no lock; a reader may see one of a value's two additions and not yet the
/// other.
final class HistogramSeries: TimerHandler, RecorderHandler, Sendable {
    /// The upper bounds of the buckets, in the unit that is shown.
    let bounds: [Double]
    /// The same in the unit that is recorded.
    private let limits: [Int64]
    private let unit: Double
    private let counts: Counts
    private let sum = Atomic<Int64>(0)

    /// - Parameters:
    ///   - bounds: The upper bounds, ascending.
    ///   - unit: How many of what is recorded make one of what is shown.
    init(bounds: [Double], unit: Double) {
        self.bounds = bounds
        self.limits = bounds.map { Int64(($0 * unit).rounded()) }
        self.unit = unit
        self.counts = Counts(bounds.count + 1)
    }

    func record(_ value: Int64) {
        // Most values fall into the first buckets, so searching in order is quick.
        var index = 0
        while index < self.limits.count, value > self.limits[index] { index += 1 }
        self.counts.increment(index)
        self.sum.wrappingAdd(value, ordering: .relaxed)
    }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        self.record(Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max))
    }

    func recordNanoseconds(_ duration: Int64) { self.record(max(0, duration)) }

    /// How many values were in each bucket, the last being those above all bounds, and their sum as it is shown.
    var snapshot: (counts: [Int64], sum: Double) {
        (self.counts.values, Double(self.sum.load(ordering: .relaxed)) / self.unit)
    }
}

/// A fixed number of atomic counters side by side.
///
/// `@unchecked`: the memory is taken and given back once, and in between reached by atomic operations only.
private final class Counts: @unchecked Sendable {
    private let memory: UnsafeMutableBufferPointer<Atomic<Int64>>

    init(_ count: Int) {
        self.memory = .allocate(capacity: count)
        for index in 0..<count { self.memory.initializeElement(at: index, to: Atomic(0)) }
    }

    deinit {
        self.memory.deinitialize()
        self.memory.deallocate()
    }

    func increment(_ index: Int) { self.memory[index].wrappingAdd(1, ordering: .relaxed) }

    var values: [Int64] { self.memory.indices.map { self.memory[$0].load(ordering: .relaxed) } }
}
