/// What a series of a metric stands at, for people: of a histogram how many values there were, and their mean.
package struct MetricReading: Sendable {
    /// The metric.
    package let name: String
    /// What it counts, in a sentence.
    package let help: String
    /// What tells the series from others of the same name.
    package let labels: [String: String]
    /// How much there is, or of a histogram how many values there were.
    package let value: Double
    /// The sum of the values of a histogram, in the metric's unit; `nil` of everything else.
    package let sum: Double?

    package init(name: String, help: String, labels: [String: String], value: Double, sum: Double? = nil) {
        self.name = name
        self.help = help
        self.labels = labels
        self.value = value
        self.sum = sum
    }
}
