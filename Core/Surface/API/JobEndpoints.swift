internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which an organization sees and steers its work in the background.
///
/// What a job works on is left out, for only the job knows what of it may be shown. Why it has failed may name the
/// operator's machines, and is told only where nobody else's are there: see ``Organizations/showsDeployment(to:in:)``.
enum JobEndpoints {
    static func all(_ runtime: Runtime) -> [Endpoint] {
        let organizations = runtime.organizations
        return [
            Endpoint.get("/jobs", self.list(organizations), "Lists work in the background, the youngest first."),
            Endpoint.get("/jobs/{id}", self.read(organizations), "Shows a piece of work in the background."),
            Endpoint.post(
                "/jobs/{id}/retry", self.change("kernel.jobs.retry", JobDesk.retry, organizations), status: 200,
                "Lets work be tried again that has failed for good or was cancelled."),
            Endpoint.post(
                "/jobs/{id}/cancel", self.change("kernel.jobs.cancel", JobDesk.cancel, organizations), status: 200,
                "Cancels work that waits or runs."),
            Endpoint.post(
                "/jobs/{id}/hasten", self.change("kernel.jobs.hasten", JobDesk.hasten, organizations), status: 200,
                "Lets work that waits be done now."),
        ].map { $0.inProduct() }
    }

    struct JobView: Codable, Sendable {
        let id: ID<StoredJob>
        let name: String
        let state: JobState
        let attempts: Int
        let lastError: String?
        let createdAt: Instant
        let runAt: Instant
        let finishedAt: Instant?
        let allowed: [String]

        init(_ job: StoredJob, showsErrors: Bool, maySteer: Bool) {
            self.id = job.id
            self.name = job.name
            self.state = job.state
            self.attempts = job.attempts
            self.lastError = showsErrors ? job.lastError : nil
            self.createdAt = job.createdAt
            self.runAt = job.runAt
            self.finishedAt = job.finishedAt
            self.allowed =
                switch job.state {
                case _ where !maySteer: []
                case .waiting: ["hasten", "cancel"]
                case .running: ["cancel"]
                case .dead, .cancelled, .superseded: ["retry"]
                case .done: []
                }
        }
    }

    struct ListJobs: APIInput {
        let limit: Int
        let after: String?
        let state: JobState?
        let name: String?

        static let constraints: [String: Constraint] = [
            "limit": .pageLength, "after": .pageStart,
            "state": .field("Only work in this state."),
            "name": .text(1...200, "Only work of this name, as `messaging.digest`."),
        ]
    }

    struct JobByID: APIInput {
        let id: ID<StoredJob>
    }

    private static func list(_ organizations: Organizations) -> Query<ListJobs, Page<JobView>> {
        Query("kernel.jobs.list", .permission(.readOperations)) { input, call, tx in
            try EventEndpoints.checkReach(.readOperations, in: tx)
            var filter = JobDesk.Filter()
            filter.state = input.state
            filter.name = input.name
            filter.limit = input.limit + 1
            let after = try input.after.map { try Cursor($0, list: "jobs", keys: 1) }
            let view = try Self.view(organizations, call, in: tx)
            let found = try JobDesk.list(filter, after: after, call, in: tx).map(view)
            return Page(found, limit: input.limit) { Cursor(list: "jobs", keys: [$0.id.sqlValue]) }
        }
    }

    private static func read(_ organizations: Organizations) -> Query<JobByID, JobView> {
        Query("kernel.jobs.read", .permission(.readOperations)) { input, call, tx in
            try EventEndpoints.checkReach(.readOperations, in: tx)
            return try Self.view(organizations, call, in: tx)(try JobDesk.find(input.id, call, in: tx))
        }
    }

    private static func change(
        _ name: String, _ command: Command<ID<StoredJob>, StoredJob>, _ organizations: Organizations
    ) -> Command<JobByID, JobView> {
        Command(name, .permission(.manageOperations)) { input, call, tx in
            try EventEndpoints.checkReach(.manageOperations, in: tx.reading)
            let job = try command.handle(input.id, call, tx.entering(.kernel))
            return try Self.view(organizations, call, in: tx.reading)(job)
        }
    }

    /// How jobs are shown to a caller.
    private static func view(
        _ organizations: Organizations, _ call: Call, in tx: ReadTransaction
    ) throws -> (StoredJob) -> JobView {
        let showsErrors = try organizations.showsDeployment(to: call, in: tx)
        let maySteer = call.principal.scope(of: .manageOperations) == .organization
        return { JobView($0, showsErrors: showsErrors, maySteer: maySteer) }
    }
}

extension JobState: APIValue {}
