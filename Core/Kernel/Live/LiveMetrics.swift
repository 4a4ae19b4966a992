extension KernelMetrics {
    /// Answers that are being sent for as long as somebody listens, by operation.
    public static let liveStreams = MetricDefinition(
        "almanac_live_streams", "Streams of events that are open now, by operation.")
    /// Events that were sent, by operation.
    public static let liveEvents = MetricDefinition(
        "almanac_live_events_total", "Events that were handed to streams, by operation.")
    /// Streams that ended, by why (see `LiveEnding`).
    public static let liveEndings = MetricDefinition(
        "almanac_live_streams_ended_total",
        "Streams of events that ended, by reason: left, refused, ending, time, failed.")

    /// All that streams count.
    static let live = [Self.liveStreams, Self.liveEvents, Self.liveEndings]
}
