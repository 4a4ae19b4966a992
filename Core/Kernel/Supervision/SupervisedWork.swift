internal import AlmanacStorage
package import ServiceLifecycle

/// A piece of background work as the supervisor takes it.
package struct SupervisedWork: Sendable {
    /// What it is called.
    package let name: WorkName
    /// Whether the process ends when it fails for good.
    let isEssential: Bool
    let policy: RestartPolicy
    /// Runs until graceful shutdown; throws when it fails.
    let run: @Sendable (Supervisor) async throws -> Void

    /// A part of the kernel that runs until graceful shutdown and throws when it fails.
    ///
    /// - Parameters:
    ///   - name: The name within the kernel.
    ///   - service: The part; it is run anew each time.
    ///   - isEssential: Whether the process ends when it fails for good.
    ///   - policy: How it is begun again.
    /// - Returns: The work.
    package static func service(
        _ name: String, _ service: any Service, isEssential: Bool = true,
        restarts policy: RestartPolicy = RestartPolicy()
    ) -> SupervisedWork {
        SupervisedWork(name: WorkName(name), isEssential: isEssential, policy: policy) { _ in try await service.run() }
    }

    /// A part of the kernel that runs until graceful shutdown and deals with failures of its steps itself.
    ///
    /// - Parameters:
    ///   - name: The name within the kernel.
    ///   - run: The part, which tells how its steps went.
    /// - Returns: The work.
    package static func reporting(
        _ name: String, _ run: @escaping @Sendable (WorkReport) async throws -> Void
    ) -> SupervisedWork {
        let name = WorkName(name)
        return SupervisedWork(name: name, isEssential: true, policy: RestartPolicy(limit: nil)) { supervisor in
            try await run(WorkReport(name: name, supervisor: supervisor))
        }
    }

    /// A loop around a step.
    ///
    /// - Parameters:
    ///   - name: What it is called.
    ///   - work: The step, and how often it is taken.
    ///   - isEssential: Whether the process ends when it fails for good.
    /// - Returns: The work.
    package static func loop(_ name: WorkName, _ work: BackgroundWork, isEssential: Bool = false) -> SupervisedWork {
        SupervisedWork(name: name, isEssential: isEssential, policy: work.restarts) { supervisor in
            try await work.run(name, under: supervisor)
        }
    }
}

/// How steps went of work that deals with failures itself.
package struct WorkReport: Sendable {
    let name: WorkName
    let supervisor: Supervisor

    /// A step succeeded.
    package func succeeded() { self.supervisor.succeed(self.name) }

    /// A step failed and will be taken again.
    package func failed(_ error: any Error) { self.supervisor.note(self.name, error) }
}

/// Runs a piece of work, and runs it again when it fails.
struct SupervisedService: Service, CustomStringConvertible {
    let work: SupervisedWork
    let supervisor: Supervisor

    var description: String { "\(self.work.name)" }

    /// Runs until graceful shutdown.
    ///
    /// - Throws: ``EssentialWorkFailed`` when work without which nothing may go on has failed for good.
    func run() async throws {
        while !Self.isEnding {
            self.supervisor.begin(self.work.name)
            do {
                try await self.work.run(self.supervisor)
                if Self.isEnding { return }
                throw WorkEnded()
            } catch {
                // What is being ended may complain about it.
                if Self.isEnding, error is CancellationError { return }
                switch self.supervisor.fail(self.work.name, error) {
                case .retry(let pause): await self.supervisor.rest(pause)
                case .giveUp where self.work.isEssential:
                    throw EssentialWorkFailed(work: self.work.name, cause: error)
                case .giveUp: return try await Self.idle()
                }
            }
        }
    }

    private static var isEnding: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

    /// Waits for the end, so that the others go on.
    private static func idle() async throws { try? await gracefulShutdown() }
}
