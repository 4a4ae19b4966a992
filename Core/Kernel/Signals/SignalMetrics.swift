extension KernelMetrics {
    /// Signals that were published, by topic.
    public static let signals = MetricDefinition("almanac_signals_total", "Signals that were published, by topic.")
    /// Signals that a subscriber lost, by topic.
    public static let signalsDropped = MetricDefinition(
        "almanac_signals_dropped_total", "Signals that a subscriber lost because it was too slow, by topic.")
    /// Subscribers, by topic.
    public static let signalSubscribers = MetricDefinition(
        "almanac_signal_subscribers", "Subscribers that wait for signals now, by topic.")
}

extension MetricSample {
    /// What became of signals.
    package static func samples(of signals: Signals) -> [MetricSample] {
        signals.counts.sorted { $0.key < $1.key }.flatMap { name, counts in
            let labels = [("topic", name)]
            return [
                MetricSample(.counter, KernelMetrics.signals, labels: labels, Double(counts.published)),
                MetricSample(.counter, KernelMetrics.signalsDropped, labels: labels, Double(counts.dropped)),
                MetricSample(.gauge, KernelMetrics.signalSubscribers, labels: labels, Double(counts.subscribers)),
            ]
        }
    }
}
