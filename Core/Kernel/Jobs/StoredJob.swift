public import AlmanacStorage

/// What has become of a job.
public enum JobState: String, Sendable, Hashable, CaseIterable {
    /// It waits for its time, for a place, or for its plugin to be enabled.
    case waiting
    /// A host is at it, or was until it died.
    case running
    /// It was done.
    case done
    /// It failed too often, or for good; an operator may let it be tried again.
    case dead
    /// An operator has cancelled it.
    case cancelled
    /// It failed, and another job with the same key was waiting already, which does its work.
    case superseded
}

/// One job as it is stored.
public struct StoredJob: Record, Equatable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let columns: Columns = [
        "organization_id", "id", "name", "input", "priority", "run_at", "unique_key", "state", "attempts", "owner",
        "leased_until", "last_error", "enqueued_by", "created_at", "finished_at",
    ]

    /// Whose work it is.
    public let organization: OrganizationID
    /// Identifies it; the same from attempt to attempt.
    public let id: ID<StoredJob>
    /// Which job it is, as `plugin.job`.
    public let name: String
    /// What it works on.
    public let input: JSON
    /// How urgent it is.
    public let priority: JobPriority
    /// When it is to be run, or to be tried again.
    public let runAt: Instant
    /// By what requests for the same work are told, if they are.
    public let uniqueKey: String?
    /// What has become of it.
    public let state: JobState
    /// How often it has been begun.
    public let attempts: Int
    /// Which process is at it.
    public let owner: String?
    /// Until when nobody else may take it, by the database's clock where hosts share one.
    public let leasedUntil: Instant?
    /// Why it failed the last time.
    public let lastError: String?
    /// Who wanted it, as audit entries name callers.
    public let enqueuedBy: String
    /// When it was wanted.
    public let createdAt: Instant
    /// When it was done, died or was cancelled.
    public let finishedAt: Instant?

    /// Reads a row.
    public init(row: inout RowReader) throws {
        self.organization = try row.next()
        self.id = try row.next()
        self.name = try row.next()
        self.input = try row.next()
        let priority: Int64 = try row.next()
        self.priority = JobPriority(rawValue: Int(clamping: priority)) ?? .normal
        self.runAt = try row.next()
        self.uniqueKey = try row.nextIfPresent()
        let state: String = try row.next()
        guard let known = JobState(rawValue: state) else { throw RowError("\(state) is no state of a job") }
        self.state = known
        self.attempts = try row.next()
        self.owner = try row.nextIfPresent()
        self.leasedUntil = try row.nextIfPresent()
        self.lastError = try row.nextIfPresent()
        self.enqueuedBy = try row.next()
        self.createdAt = try row.next()
        self.finishedAt = try row.nextIfPresent()
    }
}
