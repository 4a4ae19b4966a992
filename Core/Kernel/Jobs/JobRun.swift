internal import AlmanacStorage

/// One attempt at a job, from its beginning to the end of its last task.
struct JobRun: Sendable {
    /// Why an attempt is cancelled.
    enum Stop: Sendable {
        /// It has taken longer than it may.
        case tooLong
        /// The host ends.
        case shutdown
        /// Another host has taken the job over, or somebody has cancelled it.
        case leaseLost
    }

    /// How it ended.
    enum Outcome: Sendable, Equatable {
        /// The job has recorded itself as done.
        case settled
        /// The job was not this host's any more: there is nothing to record.
        case lost
        /// What is to be recorded.
        case record(JobResult)
    }

    private enum Event: Sendable {
        case ended(Result<Void, any Error>)
        case stopped(Stop)
        case nothing
    }

    private let claim: ClaimedJob
    private let bound: JobCatalog.Bound
    private let context: JobContext
    private let settlement: JobContext.Settlement

    init(_ claim: ClaimedJob, _ bound: JobCatalog.Bound, platform: Platform, database: Database) {
        self.claim = claim
        self.bound = bound
        self.settlement = JobContext.Settlement()
        self.context = JobContext(claim, bound, platform: platform, database: database, settlement: self.settlement)
    }

    /// Does the work, until it ends, also when it has been cancelled.
    ///
    /// - Parameters:
    ///   - stops: Why it is to be cancelled, when it is.
    ///   - random: Where the random part of pauses comes from.
    ///   - supervisor: Who is told how it went, and watches over the thread that it holds.
    /// - Returns: How it ended.
    func perform(
        until stops: AsyncStream<Stop>, random: any RandomSource, under supervisor: Supervisor? = nil
    ) async -> Outcome {
        let executor = supervisor?.executor(for: self.bound.work)
        let (outcome, stop) = await withTaskGroup(of: Event.self) { group in
            group.addTask(executorPreference: executor) {
                do {
                    return .ended(.success(try await self.bound.job.run(self.claim.input, self.context)))
                } catch {
                    return .ended(.failure(error))
                }
            }
            group.addTask {
                for await stop in stops { return .stopped(stop) }
                return .nothing
            }
            group.addTask {
                (try? await Task.sleep(for: self.bound.job.timeLimit)) == nil ? .nothing : .stopped(.tooLong)
            }
            var stop: Stop?
            for await event in group {
                switch event {
                case .ended(let outcome):
                    group.cancelAll()
                    return (outcome, stop)
                case .stopped(let reason):
                    stop = stop ?? reason
                    group.cancelAll()
                case .nothing: continue
                }
            }
            return (.failure(CancellationError()), stop)
        }
        let verdict = self.judge(outcome, stop, random)
        self.report(verdict, outcome, stop, to: supervisor)
        return verdict
    }

    /// Tells how it went.
    ///
    /// What a job says of itself by ``JobFailure`` is about that one job: its code works.
    private func report(
        _ verdict: Outcome, _ outcome: Result<Void, any Error>, _ stop: Stop?, to supervisor: Supervisor?
    ) {
        let (work, item) = (self.bound.work, self.context.id.description)
        switch (verdict, outcome) {
        case (.settled, _), (.record(.done), _): supervisor?.succeed(item: item, of: work)
        case (.record(.givenBack), _), (.lost, _), (_, .failure(is JobFailure)), (_, .success): return
        case (.record, .failure(let error)):
            let limit = self.bound.job.timeLimit
            supervisor?.fail(item: item, of: work, stop == .tooLong ? WorkTimedOut(limit: limit) : error)
        }
    }

    private func judge(_ outcome: Result<Void, any Error>, _ stop: Stop?, _ random: any RandomSource) -> Outcome {
        if self.settlement.isSettled { return .settled }
        guard case .failure(let error) = outcome else { return .record(.done) }
        if error is JobLeaseLost { return .lost }
        switch stop {
        case .leaseLost: return .lost
        case .shutdown: return .record(.givenBack)
        case nil where Task.isCancelled: return .record(.givenBack)
        case .tooLong: return self.again("it took longer than \(self.bound.job.timeLimit)", nil, random)
        case nil: return self.judge(error, random)
        }
    }

    private func judge(_ error: any Error, _ random: any RandomSource) -> Outcome {
        guard let failure = error as? JobFailure else { return self.again(Self.words(for: error), nil, random) }
        let reason = String(failure.reason.prefix(JobTable.longestError))
        switch failure.sequel {
        case .never: return .record(.dead(reason))
        case .after(let pause): return self.again(reason, pause, random)
        }
    }

    private func again(_ reason: String, _ wanted: Duration?, _ random: any RandomSource) -> Outcome {
        guard let pause = self.bound.job.retry.pause(after: self.claim.attempt, random: random) else {
            return .record(.dead(reason))
        }
        return .record(.again(after: wanted ?? pause, reason))
    }

    /// Words that can be kept: of errors that are not ours only the type, because they may show anything.
    private static func words(for error: any Error) -> String {
        if let storage = error.storageError { return "the database: \(storage.code)" }
        if let refusal = error as? Refusal { return "refused: \(refusal.code)" }
        return String("\(type(of: error))".prefix(JobTable.longestError))
    }
}
