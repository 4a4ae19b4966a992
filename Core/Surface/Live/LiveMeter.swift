internal import AlmanacKernel
internal import Metrics

/// Counts streams and what they send; made once, with everything that there is to count.
struct LiveMeter: Sendable {
    private struct Operation: Sendable {
        let open: Meter
        let events: Counter
    }

    private let operations: [String: Operation]
    private let endings: [LiveEnding: Counter]

    /// - Parameters:
    ///   - operations: The names of all live endpoints.
    ///   - factory: Makes the metrics.
    init(_ operations: [String], _ factory: any MetricsFactory) {
        self.operations = Dictionary(
            operations.map { name in
                let labels = [("operation", name)]
                return (
                    name,
                    Operation(
                        open: Meter(label: KernelMetrics.liveStreams.name, dimensions: labels, factory: factory),
                        events: Counter(label: KernelMetrics.liveEvents.name, dimensions: labels, factory: factory))
                )
            }, uniquingKeysWith: { first, _ in first })
        guard !operations.isEmpty else {
            self.endings = [:]
            return
        }
        self.endings = Dictionary(
            uniqueKeysWithValues: LiveEnding.allCases.map { ending in
                let labels = [("reason", ending.rawValue)]
                return (
                    ending, Counter(label: KernelMetrics.liveEndings.name, dimensions: labels, factory: factory)
                )
            })
    }

    func began(_ operation: String) { self.operations[operation]?.open.increment() }

    func sent(_ count: Int, _ operation: String) { self.operations[operation]?.events.increment(by: count) }

    func ended(_ ending: LiveEnding, _ operation: String) {
        self.operations[operation]?.open.decrement()
        self.endings[ending]?.increment()
    }
}

/// Why a stream ended.
enum LiveEnding: String, Sendable, CaseIterable {
    /// Nobody listened any more.
    case left
    /// The caller may not listen any more: the session ended, the permission was taken.
    case refused
    /// The host is ending.
    case ending
    /// The time was over that the caller had asked for.
    case time
    /// What is followed could not be read, because of a mistake of ours.
    case failed
}
