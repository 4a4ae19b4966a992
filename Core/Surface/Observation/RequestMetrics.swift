internal import AlmanacKernel
internal import Metrics

/// Counts requests; made once, with everything that there is to count.
struct RequestMetrics: Sendable {
    /// What is counted where no operation was found.
    static let noOperation = "none"

    private struct Operation: Sendable {
        /// By hundreds of the status: 2xx, 4xx and 5xx from the start, the others count as `other`.
        let classes: [Counter]
        let duration: Timer

        static let names = ["2xx", "3xx", "4xx", "5xx", "other"]

        func counter(_ status: Int) -> Counter {
            let index = status / 100 - 2
            return self.classes[(0...3).contains(index) ? index : 4]
        }
    }

    private let inFlight: Meter
    private let operations: [String: Operation]
    private let signIns: SignInMetrics

    /// - Parameters:
    ///   - operations: The names of all operations with their methods.
    ///   - signIns: With what callers sign in, by the operations with which they do.
    ///   - factory: Makes the metrics.
    init(
        _ operations: [(name: String, method: String)], signIns: [String: SignInMeans], _ factory: any MetricsFactory
    ) {
        self.inFlight = Meter(label: KernelMetrics.requestsInFlight.name, factory: factory)
        var meters: [String: Operation] = [:]
        for (name, method) in operations + [(Self.noOperation, "any")] {
            let counters = Operation.names.map { status in
                Counter(
                    label: KernelMetrics.requests.name,
                    dimensions: [("operation", name), ("method", method), ("status", status)], factory: factory)
            }
            let duration = Timer(
                label: KernelMetrics.requestDuration.name, dimensions: [("operation", name)], factory: factory)
            meters[name] = Operation(classes: counters, duration: duration)
        }
        self.operations = meters
        self.signIns = SignInMetrics(signIns, factory)
    }

    func begin() { self.inFlight.increment() }

    /// Counts an answer.
    func end(_ facts: RequestNotes.Facts, status: Int, nanoseconds: Int64) {
        self.inFlight.decrement()
        guard let operation = self.operations[facts.operation] ?? self.operations[Self.noOperation] else { return }
        operation.counter(status).increment()
        operation.duration.recordNanoseconds(nanoseconds)
        self.signIns.end(facts, status: status)
    }
}
