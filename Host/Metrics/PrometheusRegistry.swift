public import AlmanacKernel
public import Metrics
internal import Synchronization

/// Keeps what is counted and shows it as Prometheus reads it; a backend of swift-metrics.
///
/// Handlers count with atomics: counting takes no lock. The same name with the same labels is the same series, whoever
/// asks for it. How many series a name may have is bounded, so that a mistake with labels cannot fill the memory; what
/// is above the bound is counted nowhere but in `almanac_metrics_dropped_series_total`.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    /// What tells a series from others of the same name, as it is written: `{kind="read"}`, or nothing.
    typealias Labels = String

    enum Series: Sendable {
        case counter(CounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)
    }

    struct Family: Sendable {
        let kind: String
        var series: [Labels: Series] = [:]
    }

    struct State: Sendable {
        var families: [String: Family] = [:]
        var dropped: Int64 = 0
    }

    /// How many series one name may have.
    public static let seriesLimit = 2_000

    let state = Mutex(State())
    private let definitions: [String: MetricDefinition]

    /// - Parameter definitions: What is known of metrics beforehand: their words, and the buckets of histograms.
    public init(_ definitions: [MetricDefinition] = KernelMetrics.counted) {
        self.definitions = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What is known of a metric.
    func definition(of name: String) -> MetricDefinition? { self.definitions[name] }

    // MARK: Making handlers

    /// A counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let fresh = CounterSeries()
        guard case .counter(let series)? = self.series(label, dimensions, "counter", { .counter(fresh) }) else {
            return fresh
        }
        return series
    }

    /// A counter of fractions, shown like any other.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        let fresh = GaugeSeries()
        guard case .gauge(let series)? = self.series(label, dimensions, "counter", { .gauge(fresh) }) else {
            return fresh
        }
        return series
    }

    /// A value that goes up and down.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.gauge(label, dimensions)
    }

    /// A histogram, or the last value when it is not to be aggregated.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? self.histogram(label, dimensions, unit: 1) : self.gauge(label, dimensions)
    }

    /// A histogram of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.histogram(label, dimensions, unit: 1_000_000_000)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let fresh = GaugeSeries()
        guard case .gauge(let series)? = self.series(label, dimensions, "gauge", { .gauge(fresh) }) else {
            return fresh
        }
        return series
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)], unit: Double) -> HistogramSeries {
        let known = self.definitions[label].map(\.buckets) ?? []
        let bounds = known.isEmpty ? KernelMetrics.requestDuration.buckets : known
        let fresh = HistogramSeries(bounds: bounds, unit: unit)
        guard case .histogram(let series)? = self.series(label, dimensions, "histogram", { .histogram(fresh) }) else {
            return fresh
        }
        return series
    }

    /// The series of a name and labels, made when it is new.
    ///
    /// - Returns: `nil` when there are too many, or when the name means another kind already: what is counted is then
    ///   shown nowhere.
    private func series(
        _ label: String, _ dimensions: [(String, String)], _ kind: String, _ make: () -> Series
    ) -> Series? {
        let name = PrometheusText.name(label)
        let labels = PrometheusText.labels(dimensions)
        return self.state.withLock { state in
            var family = state.families[name] ?? Family(kind: kind)
            if family.kind == kind, let known = family.series[labels] { return known }
            guard family.kind == kind, family.series.count < Self.seriesLimit else {
                state.dropped &+= 1
                return nil
            }
            let series = make()
            family.series[labels] = series
            state.families[name] = family
            return series
        }
    }

    // MARK: Taking handlers away

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func destroyCounter(_ handler: any CounterHandler) { self.remove(handler) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { self.remove(handler) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func destroyMeter(_ handler: any MeterHandler) { self.remove(handler) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func destroyRecorder(_ handler: any RecorderHandler) { self.remove(handler) }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func destroyTimer(_ handler: any TimerHandler) { self.remove(handler) }

    private func remove(_ handler: AnyObject) {
        self.state.withLock { state in
            for (name, family) in state.families {
                guard let labels = family.series.first(where: { $0.value.isHandled(by: handler) })?.key else {
                    continue
                }
                state.families[name]?.series[labels] = nil
                if state.families[name]?.series.isEmpty == true { state.families[name] = nil }
                return
            }
        }
    }
}

extension PrometheusRegistry.Series {
    fileprivate func isHandled(by handler: AnyObject) -> Bool {
        switch self {
        case .counter(let series): series === handler
        case .gauge(let series): series === handler
        case .histogram(let series): series === handler
        }
    }
}
