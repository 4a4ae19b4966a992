public import AlmanacStorage

/// Whose clocks a schedule follows.
public enum ScheduleZone: Sendable, Equatable {
    /// Those of the organization it runs for.
    case organization
    /// Those of a place, by its IANA name, as `Europe/Berlin`.
    case named(String)
}

/// Which run of a schedule a job is.
public struct ScheduledRun: Codable, Sendable, Equatable {
    /// For when it was planned.
    ///
    /// It may begin later: no host was running, or the run before took its time. Of several that were missed by that
    /// this is the first, and the only one that is made up for.
    public let plannedFor: Instant

    /// Names a run.
    public init(plannedFor: Instant) { self.plannedFor = plannedFor }
}

/// Work that is done again and again at times on the clock, once for each organization.
///
/// ```swift
/// Schedule("nightly-digest", "30 2 * * MON-FRI") { run, context in
///     try await context.finish { tx in try self.writeDigest(until: run.plannedFor, tx) }
/// }
/// ```
///
/// Each run is a job like others (see ``Job``), with the same name: it is durable, tried again, and run by one host
/// however many there are. Each local time of the ``CronRule`` is run exactly once, whatever clocks do. Runs of one
/// organization never overlap: one that comes due while another waits or runs is made up for when that has ended. Runs
/// that were missed are made up for by one.
public struct Schedule: Contribution {
    /// The permanent name within the plugin; no job of the plugin has the same.
    public let name: String
    /// When, in the words of ``CronRule``.
    public let rule: String
    /// Whose clocks.
    public let zone: ScheduleZone
    let parsed: Result<CronRule, CronError>
    let job: any AnyJob

    /// Binds a schedule to its code.
    ///
    /// - Parameters:
    ///   - name: The permanent name: lower-case letters, digits and hyphens, beginning with a letter.
    ///   - rule: Five fields as ``CronRule`` reads them; assembly refuses what it cannot read.
    ///   - zone: Whose clocks.
    ///   - retry: How often a run is tried.
    ///   - timeLimit: How long one attempt may take, more than zero and at most a day.
    ///   - priority: How urgent it is.
    ///   - isOutbound: Whether it sends something to others; then its runs wait while deliveries are held.
    ///   - work: The work, for the organization of its context.
    public init(
        _ name: String, _ rule: String, zone: ScheduleZone = .organization, retry: RetryPolicy = .standard,
        timeLimit: Duration = .seconds(300), priority: JobPriority = .low, isOutbound: Bool = false,
        work: @escaping @Sendable (ScheduledRun, JobContext) async throws -> Void
    ) {
        self.name = name
        self.rule = rule
        self.zone = zone
        self.parsed = Result { () throws(CronError) in try CronRule(rule) }
        self.job = Job<ScheduledRun>(
            name, retry: retry, timeLimit: timeLimit, priority: priority, isOutbound: isOutbound, work: work)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "schedule \(self.name)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        var found = JobRules.problems(name: self.name, timeLimit: self.job.timeLimit)
        if case .failure(let error) = self.parsed { found.append("its rule cannot be read: \(error)") }
        if case .named(let name) = self.zone {
            do {
                _ = try Zone(name)
            } catch {
                found.append("its zone cannot be had: \(error)")
            }
        }
        let neighbors = graph.plugins.first { $0.declaration.id == owner.id }?.contributions.items ?? []
        if neighbors.contains(where: { ($0 as? any AnyJob)?.jobName.utf8.elementsEqual(self.name.utf8) == true }) {
            found.append("a job of the plugin has the same name")
        }
        return found
    }

    /// When it runs next for an organization.
    ///
    /// - Returns: `nil` when the rule or the zone cannot be read, or it never runs again.
    func next(after instant: Instant, at place: Zone) -> Instant? {
        guard case .success(let rule) = self.parsed else { return nil }
        return self.zone(at: place).flatMap { rule.next(after: instant, in: $0) }
    }

    /// The zone whose clocks it follows for an organization.
    func zone(at place: Zone) -> Zone? {
        switch self.zone {
        case .organization: place
        case .named(let name): try? Zone(name)
        }
    }
}

/// A schedule with the plugin whose it is.
struct OwnedSchedule: Sendable {
    let owner: PluginID
    let schedule: Schedule

    /// The name under which it and its jobs are stored.
    var fullName: String { "\(self.owner).\(self.schedule.name)" }

    /// What its next instant was computed from, for an organization with these clocks.
    func basis(at place: Zone) -> String {
        "\(self.schedule.rule) \(self.schedule.zone(at: place)?.name ?? "UTC")"
    }
}
