internal import ServiceLifecycle

/// What a plugin does besides answering: a loop around one step, from the host's start to its end.
///
/// ```swift
/// BackgroundWork("sender", everySeconds: 5) { try await sender.step() }
/// ```
/// The host runs it below its server, so that it outlives the last request, and begins no step once it has been told to
/// stop. Every host of a deployment runs it: what two of them must not do at once is claimed in the database.
///
/// Laws for steps:
/// - A step is small, and leaves everything right wherever it is interrupted. One that takes longer than its limit is
///   cancelled. One that pays no heed to that is left behind, and the work is given up: it might still do something.
/// - A step that throws is taken again after a pause that grows. Work that fails too often is given up until the host
///   is started again, while everything else of its plugin goes on. `/health/plugins` shows both.
/// - A step that holds its thread and never returns ends the host by its watchdog: nothing can take the thread away.
public struct BackgroundWork: Contribution {
    /// The permanent name within its plugin, for logs and for whoever watches.
    public let name: String
    let pause: Duration
    let breath: Duration
    let limit: Duration
    let restarts: RestartPolicy
    let step: @Sendable () async throws -> Bool

    /// Describes work.
    ///
    /// - Parameters:
    ///   - name: The permanent name within the plugin.
    ///   - everySeconds: Seconds of pause after a step that has found nothing more to do, at least 1.
    ///   - breath: The pause after a step that has left more to do, so that others have their turn.
    ///   - limit: How long a step may take before it is cancelled.
    ///   - restarts: How soon and how often it is begun again when a step fails.
    ///   - step: One piece of work, short enough to be waited for at the end. It returns whether there is more to do at
    ///     once.
    public init(
        _ name: String, everySeconds: Int, breath: Duration = .zero, limit: Duration = .seconds(60),
        restarts: RestartPolicy = RestartPolicy(), _ step: @escaping @Sendable () async throws -> Bool
    ) {
        self.name = name
        self.pause = .seconds(everySeconds)
        self.breath = breath
        self.limit = limit
        self.restarts = restarts
        self.step = step
    }

    /// Housekeeping of the kernel's: patient, and after each step others have their turn.
    static func housekeeping(
        _ name: String, everySeconds: Int, limit: Duration = .seconds(60),
        _ step: @escaping @Sendable () async throws -> Bool
    ) -> BackgroundWork {
        BackgroundWork(
            name, everySeconds: everySeconds, breath: .milliseconds(100), limit: limit, restarts: .patient, step)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "background work \(self.name)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        var found: [String] = []
        if !PluginID(self.name).isWellFormed {
            found.append("its name must be lower-case letters, digits and hyphens, beginning with a letter")
        }
        if self.pause < .seconds(1) || self.limit <= .zero || self.breath < .zero {
            found.append("its pause must be a second or more, and its limit longer than nothing")
        }
        let owners = graph.contributions(of: BackgroundWork.self).filter { $0.owner == owner.id }
        if owners.count(where: { $0.item.name == self.name }) > 1 {
            found.append("there are two of that name")
        }
        return found
    }

    /// How often work that is put aside looks whether it still is.
    private static let patience = Duration.seconds(5)

    /// Takes steps until graceful shutdown, or until one fails.
    func run(_ name: WorkName, under supervisor: Supervisor) async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            var pause = min(self.pause, Self.patience)
            if supervisor.admits(name.owner) {
                let hasMore = try await supervisor.limit(self.limit, name).run(self.step)
                supervisor.succeed(name)
                pause = hasMore ? self.breath : self.pause
            }
            if pause > .zero { await supervisor.rest(pause) }
        }
    }
}
