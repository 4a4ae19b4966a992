internal import AlmanacStorage
internal import Metrics

/// Counts what becomes of deliveries; made once, for every consumer there is.
struct DeliveryMeter: Sendable {
    private struct Consumer: Sendable {
        let handled: Counter
        let repeated: Counter
        let retried: Counter
        let dead: Counter
        let lost: Counter
        let delay: Timer
    }

    private let consumers: [String: Consumer]

    /// - Parameters:
    ///   - consumers: The names of all consumers.
    ///   - factory: Makes the metrics.
    init(_ consumers: [String], _ factory: any MetricsFactory) {
        self.consumers = Dictionary(
            consumers.map { id in
                func counter(_ outcome: String) -> Counter {
                    Counter(
                        label: KernelMetrics.deliveries.name, dimensions: [("consumer", id), ("outcome", outcome)],
                        factory: factory)
                }
                let consumer = Consumer(
                    handled: counter("handled"), repeated: counter("repeated"), retried: counter("retried"),
                    dead: counter("dead"), lost: counter("lost"),
                    delay: Timer(
                        label: KernelMetrics.deliveryDelay.name, dimensions: [("consumer", id)], factory: factory))
                return (id, consumer)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Counts what a step has done for a consumer.
    func count(_ progress: BusProgress, of consumer: String) {
        guard let meters = self.consumers[consumer] else { return }
        for (counter, count) in [
            (meters.handled, progress.handled), (meters.repeated, progress.repeated),
            (meters.retried, progress.retried), (meters.dead, progress.dead), (meters.lost, progress.lost),
        ] where count > 0 {
            counter.increment(by: count)
        }
    }

    /// Notes how long an event has waited; by this host's clock, which may be behind the one that emitted it.
    func handled(_ delivery: ClaimedDelivery, at now: Instant) {
        let waited = max(0, now.microseconds(since: delivery.event.occurredAt))
        self.consumers[delivery.consumer.id]?.delay.recordMicroseconds(waited)
    }
}
