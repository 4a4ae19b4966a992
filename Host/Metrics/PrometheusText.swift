public import AlmanacKernel
internal import Synchronization

/// The text form in which Prometheus reads metrics, version 0.0.4.
///
/// Source: <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// A metric's name: letters, digits, `_` and `:`, no digit first; everything else becomes `_`.
    static func name(_ text: String) -> String { self.identifier(text, allowingColon: true) }

    private static func identifier(_ text: String, allowingColon: Bool) -> String {
        var name = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar {
                    case "a"..."z", "A"..."Z", "0"..."9", "_": scalar
                    case ":" where allowingColon: scalar
                    default: "_"
                    }
                }))
        if name.isEmpty || name.utf8.first.map({ (0x30...0x39).contains($0) }) == true { name = "_" + name }
        return name
    }

    /// Labels as they are written, sorted by name: `{code="full",kind="write"}`; nothing when there are none.
    static func labels(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { name, value in
            "\(self.identifier(name, allowingColon: false))=\"\(self.escaped(value))\""
        }
        return "{\(pairs.sorted().joined(separator: ","))}"
    }

    /// A label's value between its quotes.
    private static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
            case "\"": escaped.append(contentsOf: "\\\"".unicodeScalars)
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// A number as Go's `ParseFloat` reads it.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }

    /// A text behind `# HELP`.
    private static func help(_ text: String) -> String {
        String(text.flatMap { $0 == "\\" ? "\\\\" : $0.isNewline ? "\\n" : "\($0)" })
    }

    static func head(_ name: String, _ help: String, _ kind: String, into text: inout String) {
        if !help.isEmpty { text += "# HELP \(name) \(self.help(help))\n" }
        text += "# TYPE \(name) \(kind)\n"
    }
}

extension PrometheusRegistry {
    /// Everything that is counted, and what is asked for now, in the order of names.
    ///
    /// - Parameter samples: Values that nobody counts.
    /// - Returns: The page.
    public func text(with samples: [MetricSample] = []) -> String {
        let (families, dropped) = self.state.withLock { ($0.families, $0.dropped) }
        var blocks: [String: String] = [:]
        for (name, family) in families { blocks[name] = self.block(name, family) }
        let own = MetricSample(
            .counter,
            MetricDefinition("almanac_metrics_dropped_series_total", "Series that were one too many for their name."),
            Double(dropped))
        for (name, group) in Dictionary(grouping: samples + [own], by: \.definition.name) {
            // A name that is counted already belongs to who counts.
            guard let first = group.first, blocks[name] == nil else { continue }
            var text = ""
            PrometheusText.head(name, first.definition.help, first.kind.rawValue, into: &text)
            for sample in group {
                text += "\(name)\(PrometheusText.labels(sample.labels)) \(PrometheusText.number(sample.value))\n"
            }
            blocks[name] = text
        }
        return blocks.sorted { $0.key < $1.key }.map(\.value).joined()
    }

    private func block(_ name: String, _ family: Family) -> String {
        var text = ""
        PrometheusText.head(name, self.definition(of: name)?.help ?? "", family.kind, into: &text)
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case .counter(let series): text += "\(name)\(labels) \(series.value)\n"
            case .gauge(let series): text += "\(name)\(labels) \(PrometheusText.number(series.value))\n"
            case .histogram(let series): Self.write(name, labels, series, into: &text)
            }
        }
        return text
    }

    private static func write(
        _ name: String, _ labels: Labels, _ series: HistogramSeries, into text: inout String
    ) {
        let (counts, sum) = series.snapshot
        let open = labels.isEmpty ? "{" : labels.dropLast() + ","
        var total: Int64 = 0
        for (bound, count) in zip(series.bounds + [.infinity], counts) {
            total += count
            text += "\(name)_bucket\(open)le=\"\(PrometheusText.number(bound))\"} \(total)\n"
        }
        text += "\(name)_sum\(labels) \(PrometheusText.number(sum))\n\(name)_count\(labels) \(total)\n"
    }
}
