/// What a metric is called and what it counts, for those who show it.
public struct MetricDefinition: Sendable {
    /// The name, as Prometheus has it: `almanac_http_requests_total`; base units, counters end in `_total`.
    public let name: String
    /// What it counts, in a sentence.
    public let help: String
    /// The upper bounds of a histogram's buckets, ascending, in the metric's unit; empty for everything else.
    public let buckets: [Double]

    /// Describes a metric.
    public init(_ name: String, _ help: String, buckets: [Double] = []) {
        self.name = name
        self.help = help
        self.buckets = buckets
    }
}

/// A value that is asked for when metrics are shown, rather than counted when something happens.
public struct MetricSample: Sendable {
    /// Whether a value only ever grows.
    public enum Kind: String, Sendable { case counter, gauge }

    /// What it is.
    public let definition: MetricDefinition
    /// Whether it only ever grows.
    public let kind: Kind
    /// What tells it from others of the same name; few different values.
    public let labels: [(String, String)]
    /// How much it is now.
    public let value: Double

    /// Reports a value.
    public init(_ kind: Kind, _ definition: MetricDefinition, labels: [(String, String)] = [], _ value: Double) {
        self.kind = kind
        self.definition = definition
        self.labels = labels
        self.value = value
    }
}
