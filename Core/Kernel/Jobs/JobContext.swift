public import AlmanacStorage
internal import Synchronization

/// What a job has at hand while it runs: who it is, and transactions in its organization.
///
/// It is good for one attempt and may be used by several tasks of that at once.
public struct JobContext: Sendable {
    /// Identifies the job, the same in all its attempts: the key that makes repeated calls of others harmless.
    public let id: ID<StoredJob>
    /// Whose work it is.
    public let organization: OrganizationID
    /// Which attempt this is, from 1.
    public let attempt: Int
    /// Whether no other follows when this one fails.
    public let isLastAttempt: Bool
    private let claim: ClaimedJob
    private let owner: PluginID
    private let platform: Platform
    private let database: Database
    private let settlement: Settlement

    /// Whether the job has been recorded as done by the job itself.
    final class Settlement: Sendable {
        private let flag = Atomic<Bool>(false)
        var isSettled: Bool { self.flag.load(ordering: .acquiring) }
        func settle() { self.flag.store(true, ordering: .releasing) }
    }

    init(
        _ claim: ClaimedJob, _ bound: JobCatalog.Bound, platform: Platform, database: Database, settlement: Settlement
    ) {
        self.id = claim.id
        self.organization = claim.organization
        self.attempt = claim.attempt
        self.isLastAttempt = claim.attempt >= bound.job.retry.attempts
        self.claim = claim
        self.owner = bound.owner
        self.platform = platform
        self.database = database.entering(bound.owner.namespace)
        self.settlement = settlement
    }

    /// Runs `body` in a read transaction of the plugin's room.
    ///
    /// - Throws: What `body` throws; ``AlmanacStorage/StorageError``.
    public func read<T: Sendable>(_ body: @escaping @Sendable (ReadTransaction) throws -> T) async throws -> T {
        try await self.database.read(in: .organization(self.organization), attaching: self.makeState, body)
    }

    /// Runs `body` in a write transaction of the plugin's room, as the system: it may emit, enqueue and audit.
    ///
    /// It is committed before the job is done, and may happen again when the job is tried again. As long as it runs
    /// nobody else can take the job over.
    ///
    /// - Throws: ``JobLeaseLost`` when the job is not this host's any more, then nothing was written; what `body`
    ///   throws; ``AlmanacStorage/StorageError``.
    public func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        let claim = self.claim
        return try await self.transact { tx in
            guard try JobQueue.holds(claim, in: tx.entering(.kernel)) else { throw JobLeaseLost() }
            return try body(tx)
        }
    }

    /// Runs `body` and records the job as done, in one transaction: what it writes happens exactly once.
    ///
    /// The job ends with it: whatever is thrown afterwards is only logged.
    ///
    /// - Throws: ``JobLeaseLost`` when the job is not this host's any more, then nothing was written; what `body`
    ///   throws; ``AlmanacStorage/StorageError``.
    @discardableResult
    public func finish<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        let (claim, settlement) = (self.claim, self.settlement)
        return try await self.transact { tx in
            guard try JobQueue.complete(claim, in: tx.entering(.kernel)) else { throw JobLeaseLost() }
            let value = try body(tx)
            tx.afterCommit { settlement.settle() }
            return value
        }
    }

    private func transact<T: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await self.database.write(in: .organization(self.organization), attaching: self.makeState, body)
    }

    private var makeState: @Sendable () -> AnyObject {
        let call = Call(
            organization: self.organization, principal: .system("job:\(self.claim.name)"),
            origin: Origin(.job, requestID: self.id.description))
        let (platform, name) = (self.platform, self.claim.name)
        return { CallState(call: call, platform: platform, operation: name) }
    }
}
