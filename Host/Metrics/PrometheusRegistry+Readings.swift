package import AlmanacKernel
internal import Synchronization

extension PrometheusRegistry {
    /// What everything stands at that is counted, and what is asked for now, for people.
    package func readings(with samples: [MetricSample] = []) -> [MetricReading] {
        let families = self.state.withLock { $0.families }
        var readings: [MetricReading] = []
        for (name, family) in families {
            let help = self.definition(of: name)?.help ?? ""
            for (labels, series) in family.series {
                let labels = Self.read(labels)
                switch series {
                case .counter(let series):
                    readings.append(
                        MetricReading(name: name, help: help, labels: labels, value: Double(series.value)))
                case .gauge(let series):
                    readings.append(MetricReading(name: name, help: help, labels: labels, value: series.value))
                case .histogram(let series):
                    let (counts, sum) = series.snapshot
                    readings.append(
                        MetricReading(
                            name: name, help: help, labels: labels, value: Double(counts.reduce(0, +)), sum: sum))
                }
            }
        }
        for sample in samples where families[sample.definition.name] == nil {
            readings.append(
                MetricReading(
                    name: sample.definition.name, help: sample.definition.help,
                    labels: Dictionary(sample.labels, uniquingKeysWith: { first, _ in first }), value: sample.value))
        }
        return readings
    }

    /// The labels that stand in a text as Prometheus has it: `{kind="read"}`.
    private static func read(_ text: Labels) -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text.dropFirst().dropLast()
        while let equals = rest.firstIndex(of: "="), let open = rest[equals...].firstIndex(of: "\"") {
            let name = String(rest[..<equals])
            var value = ""
            var place = rest.index(after: open)
            while place < rest.endIndex, rest[place] != "\"" {
                let isEscaped = rest[place] == "\\" && rest.index(after: place) < rest.endIndex
                if isEscaped { place = rest.index(after: place) }
                value.append(isEscaped && rest[place] == "n" ? "\n" : rest[place])
                place = rest.index(after: place)
            }
            labels[name] = value
            rest = rest[place...].dropFirst(2)
        }
        return labels
    }
}
