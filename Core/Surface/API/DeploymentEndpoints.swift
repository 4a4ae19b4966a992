internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints that show how the deployment does: its plugins, its health and what it measures.
///
/// All of this is about the deployment as a whole. Where several organizations share one, nobody is answered, whatever
/// their roles say: see ``Organizations/showsDeployment(to:in:)``.
struct DeploymentEndpoints {
    let runtime: Runtime
    /// What is measured; nothing where nobody measures.
    let readings: @Sendable () -> [MetricReading]

    var all: [Endpoint] {
        [
            Endpoint.get("/deployment/plugins", self.plugins, "Lists the plugins with how they do."),
            Endpoint.get("/deployment/checks", self.checks, "Lists what is looked at to tell how the deployment does."),
            Endpoint.get(
                "/deployment/metrics", self.metrics,
                "Lists what this host has measured since it began, the largest first."),
            Endpoint.get(
                "/deployment/backups", self.backups,
                "Lists the backups that `almanac backup` has made, the latest first, and says whether one is overdue."),
        ].map { $0.inProduct() }
    }

    /// Refuses whoever may not see the deployment.
    private static func check(_ call: Call, _ organizations: Organizations, in tx: ReadTransaction) throws {
        try EventEndpoints.checkReach(.readDeployment, in: tx)
        guard try organizations.showsDeployment(to: call, in: tx) else {
            throw Refusal(
                .forbidden, "deployment_shared",
                "several organizations share this deployment: only its operator sees it as a whole")
        }
    }

    // MARK: Plugins

    struct FailureView: Codable, Sendable {
        let code: String
        let message: String
        let at: Instant

        init(_ failure: WorkFailure) {
            self.code = failure.code
            self.message = failure.message
            self.at = failure.at
        }
    }

    struct WorkView: Codable, Sendable {
        let name: String
        let state: WorkState
        let since: Instant
        let restarts: Int
        let lastFailure: String?
    }

    struct PluginView: Codable, Sendable {
        let id: String
        let version: String?
        let summary: String?
        let state: WorkState
        let since: Instant
        let reason: String?
        let restarts: Int
        let lastFailure: FailureView?
        let work: [WorkView]

        init(_ status: PluginStatus, _ declaration: Declaration?) {
            self.id = status.plugin.name
            self.version = declaration.map { "\($0.version)" }
            self.summary = declaration?.summary
            self.state = status.state
            self.since = status.since
            self.reason = status.reason
            self.restarts = status.restarts
            self.lastFailure = status.lastFailure.map { FailureView($0) }
            self.work = status.work.map {
                WorkView(
                    name: $0.name, state: $0.state, since: $0.since, restarts: $0.restarts,
                    lastFailure: $0.lastFailure?.message)
            }
        }
    }

    struct PluginList: Codable, Sendable {
        let items: [PluginView]
    }

    private var plugins: Query<Nothing, PluginList> {
        let (organizations, supervisor) = (self.runtime.organizations, self.runtime.supervisor)
        let loaded = self.runtime.platform.graph.plugins
        return Query("kernel.deployment.plugins", .permission(.readDeployment)) { _, call, tx in
            try Self.check(call, organizations, in: tx)
            return PluginList(
                items: supervisor.statuses.map { status in
                    PluginView(status, loaded.first { $0.declaration.id == status.plugin }?.declaration)
                })
        }
    }

    // MARK: Health

    /// What is looked at.
    enum CheckName: String, Codable, Sendable, CaseIterable, APIValue {
        case database, plugins, deadLetters, openDeliveries, deadJobs, lateJobs, backups
    }

    /// What was found.
    enum CheckState: String, Codable, Sendable, CaseIterable, APIValue { case fine, warning, bad }

    struct CheckView: Codable, Sendable {
        let id: CheckName
        let state: CheckState
        let count: Int
    }

    struct CheckList: Codable, Sendable {
        let items: [CheckView]
    }

    private var checks: Query<Nothing, CheckList> {
        let (organizations, supervisor) = (self.runtime.organizations, self.runtime.supervisor)
        return Query("kernel.deployment.checks", .permission(.readDeployment)) { _, call, tx in
            try Self.check(call, organizations, in: tx)
            let counts = try OperationCounts.read(call, in: tx)
            let isOverdue = try BackupLog.isOverdue(in: tx)
            let worst = supervisor.statuses.filter { $0.state != .running }
            return CheckList(items: [
                // Whoever reads this has been answered by it.
                CheckView(id: .database, state: .fine, count: 0),
                CheckView(
                    id: .plugins,
                    state: worst.isEmpty ? .fine : worst.allSatisfy { $0.state == .retrying } ? .warning : .bad,
                    count: worst.count),
                CheckView(
                    id: .deadLetters, state: counts.deadDeliveries == 0 ? .fine : .bad, count: counts.deadDeliveries),
                CheckView(
                    id: .openDeliveries, state: counts.openDeliveries < 1_000 ? .fine : .warning,
                    count: counts.openDeliveries),
                CheckView(id: .deadJobs, state: counts.deadJobs == 0 ? .fine : .bad, count: counts.deadJobs),
                CheckView(id: .lateJobs, state: counts.lateJobs == 0 ? .fine : .warning, count: counts.lateJobs),
                CheckView(id: .backups, state: isOverdue ? .warning : .fine, count: isOverdue ? 1 : 0),
            ])
        }
    }

    // MARK: Backups

    /// What became of a backup.
    enum BackupState: String, Codable, Sendable, CaseIterable, APIValue {
        /// It is there, and was read back.
        case verified
        case failed
    }

    struct BackupView: Codable, Sendable {
        let id: ID<BackupEntry>
        let beganAt: Instant
        let state: BackupState
        let seconds: Int
        let machine: String
        let account: String
        /// The folder, on that machine.
        let place: String?
        let bytes: Int?
        let rows: Int?
        let program: String
        let failure: String?

        init(_ entry: BackupEntry) {
            self.id = entry.id
            self.beganAt = entry.beganAt
            self.state = entry.failure == nil ? .verified : .failed
            self.seconds = entry.seconds
            self.machine = entry.machine
            self.account = entry.account
            self.place = entry.place
            self.bytes = entry.bytes
            self.rows = entry.rows
            self.program = entry.program
            self.failure = entry.failure
        }
    }

    struct BackupList: Codable, Sendable {
        let items: [BackupView]
        /// Whether none was made for longer than a day.
        let overdue: Bool
        /// Whether the database is PostgreSQL, which can be brought back to any moment by its own means.
        let onPostgres: Bool
    }

    private var backups: Query<Nothing, BackupList> {
        let organizations = self.runtime.organizations
        let isPostgres = self.runtime.database.engine.name == "postgres"
        return Query("kernel.deployment.backups", .permission(.readDeployment)) { _, call, tx in
            try Self.check(call, organizations, in: tx)
            let (entries, isOverdue) = try BackupLog.latest(in: tx)
            return BackupList(
                items: entries.map { BackupView($0) }, overdue: isOverdue, onPostgres: isPostgres)
        }
    }

    // MARK: Metrics

    struct MetricView: Codable, Sendable {
        let name: String
        let about: String
        let group: String?
        let value: Double
        /// Of what takes time how long it takes on average.
        let meanMilliseconds: Double?
    }

    struct MetricList: Codable, Sendable {
        let items: [MetricView]
    }

    struct ListMetrics: APIInput {
        let name: String?
        let by: String?

        static let constraints: [String: Constraint] = [
            "name": .text(1...120, "Only this metric, as `almanac_http_requests_total`."),
            "by": .text(
                1...60,
                "A line for each value of this label that has occurred, as `operation`, the 25 largest; one a metric when "
                    + "left out."),
        ]
    }

    /// The most metrics that are listed.
    private static let mostMetrics = 200
    /// The most values of a label that are listed.
    private static let mostValues = 25

    private var metrics: Query<ListMetrics, MetricList> {
        let (organizations, readings) = (self.runtime.organizations, self.readings)
        return Query("kernel.deployment.metrics", .permission(.readDeployment)) { input, call, tx in
            try Self.check(call, organizations, in: tx)
            let wanted = readings().filter { reading in
                input.name.map { $0.utf8.elementsEqual(reading.name.utf8) } ?? true
            }
            let groups = Dictionary(grouping: wanted) { reading in
                [reading.name, input.by.flatMap { reading.labels[$0] } ?? ""]
            }
            let items = groups.map { key, readings in
                let count = readings.reduce(0) { $0 + $1.value }
                let sums = readings.compactMap(\.sum)
                let mean = sums.isEmpty || count == 0 ? nil : sums.reduce(0, +) / count * 1_000
                return MetricView(
                    name: key[0], about: readings.first?.help ?? "", group: key[1].isEmpty ? nil : key[1],
                    value: count, meanMilliseconds: mean.map { ($0 * 1_000).rounded() / 1_000 })
            }
            let shown = items.filter { input.by == nil || $0.value > 0 }
                .sorted { ($1.value, $0.name, $0.group ?? "") < ($0.value, $1.name, $1.group ?? "") }
            return MetricList(items: Array(shown.prefix(input.by == nil ? Self.mostMetrics : Self.mostValues)))
        }
    }
}

extension WorkState: Codable, APIValue {}
