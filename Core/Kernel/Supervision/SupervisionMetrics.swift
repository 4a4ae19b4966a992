extension KernelMetrics {
    /// How background work is doing, by plugin and name.
    public static let workState = MetricDefinition(
        "almanac_work_state",
        "How background work is doing, by plugin and name: 0 running, 1 retrying, 2 failed.")
    /// How often it was begun again, by plugin and name.
    public static let workRestarts = MetricDefinition(
        "almanac_work_restarts_total", "Times that background work was begun again, by plugin and name.")
    /// How plugins are doing, by plugin.
    public static let pluginState = MetricDefinition(
        "almanac_plugin_state",
        "How a plugin is doing, by plugin: 0 running, 1 retrying, 2 failed, 3 quarantined.")
}

extension MetricSample {
    /// How the kernel and the plugins are doing.
    package static func samples(of statuses: [PluginStatus]) -> [MetricSample] {
        statuses.flatMap { status in
            let plugin = ("plugin", status.plugin.name)
            return [MetricSample(.gauge, KernelMetrics.pluginState, labels: [plugin], Double(status.state.rank))]
                + status.work.flatMap { work in
                    let labels = [plugin, ("work", work.name)]
                    return [
                        MetricSample(.gauge, KernelMetrics.workState, labels: labels, Double(work.state.rank)),
                        MetricSample(.counter, KernelMetrics.workRestarts, labels: labels, Double(work.restarts)),
                    ]
                }
        }
    }
}
