public import AlmanacStorage

extension Transaction {
    /// Lets a job of the plugin whose code runs be done later: it is stored in this transaction, and forgotten with it.
    ///
    /// It is begun soon after the commit, or soon after its time: within a second when this host has a place for it.
    /// Times are compared with the clock of the host that looks.
    ///
    /// - Parameters:
    ///   - job: Which job.
    ///   - input: What it works on: ids and facts, no personal data, no secrets; at most 64 KiB as JSON.
    ///   - time: When it is to be run; at once when `nil`.
    ///   - priority: How urgent it is; as the job says when `nil`.
    ///   - uniqueness: Makes it one job with others that wait.
    /// - Returns: The job; of unique ones the one that waits.
    /// - Throws: ``UndeclaredUse`` when the plugin does not contribute the job; an error where no call opened the
    ///   transaction or the input is too long; what the statement throws.
    @discardableResult
    public func enqueue<Input>(
        _ job: JobKey<Input>, _ input: Input, at time: Instant? = nil, priority: JobPriority? = nil,
        unique uniqueness: JobUniqueness? = nil
    ) throws -> ID<StoredJob> {
        let state = try self.callState()
        let catalog = state.platform.jobs
        let bound = try catalog.bound(job, by: self.room)
        let request = try JobRequest(
            organization: state.call.organization, name: bound.fullName, input: input, runAt: time ?? self.now,
            priority: priority ?? bound.job.priority, uniqueness: uniqueness, by: state.call.principal.name)
        let id = try request.store(in: self.entering(.kernel))
        if request.runAt <= self.now { self.afterCommit { catalog.waker.wake() } }
        return id
    }

    /// Lets a job be done later; see ``enqueue(_:_:at:priority:unique:)-(JobKey<Input>,_,_,_,_)``.
    @discardableResult
    public func enqueue<Input>(
        _ job: Job<Input>, _ input: Input, at time: Instant? = nil, priority: JobPriority? = nil,
        unique uniqueness: JobUniqueness? = nil
    ) throws -> ID<StoredJob> {
        try self.enqueue(job.key, input, at: time, priority: priority, unique: uniqueness)
    }
}
