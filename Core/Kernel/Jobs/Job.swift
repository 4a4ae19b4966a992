internal import AlmanacStorage
internal import Foundation

/// Work that is done later, outside of any transaction, and survives crashes: calling a provider, sending a mail.
///
/// ```swift
/// static let sync = JobKey<CalendarSync>("sync-calendar")
///
/// var contributions: Contributions {
///     Job(Self.sync, retry: RetryPolicy(attempts: 5), timeLimit: .seconds(60)) { input, context in
///         let events = try await self.provider.events(of: input.calendar, key: context.id)
///         try await context.finish { tx in try self.store(events, tx) }
///     }
/// }
/// // … and in a command:
/// try tx.enqueue(Self.sync, CalendarSync(calendar: id), unique: .once(id.description))
/// ```
///
/// Laws for jobs:
/// - A job is run **at least once**: a host may die after the work and before it is recorded. What it writes by
///   ``JobContext/finish(_:)`` happens exactly once, together with the record. What it does elsewhere must be idempotent
///   there; ``JobContext/id`` is the key for that and stays the same from attempt to attempt.
/// - It is run by one host at a time. A host that has lost the job (it hung, its lease ran out, somebody cancelled the
///   job) cannot write any more.
/// - It is cancelled when it takes longer than its limit and when the host shuts down. A job that pays no heed to its
///   cancellation keeps its place, and holds the end of the host up.
/// - The input is kept for weeks in a table that operators read: ids and facts, never personal data or secrets.
public struct Job<Input: Codable & Sendable>: Contribution {
    /// The permanent name within the plugin.
    public let key: JobKey<Input>
    /// How often it is tried.
    public let retry: RetryPolicy
    /// How long one attempt may take before it is cancelled.
    public let timeLimit: Duration
    /// How urgent it is where nothing else is said.
    public let priority: JobPriority
    /// Whether it sends something to others; then it waits while deliveries are held.
    public let isOutbound: Bool
    let work: @Sendable (Input, JobContext) async throws -> Void

    /// Binds a job to its code.
    ///
    /// - Parameters:
    ///   - key: The permanent name within the plugin.
    ///   - retry: How often it is tried.
    ///   - timeLimit: How long one attempt may take, more than zero and at most a day.
    ///   - priority: How urgent it is where nothing else is said.
    ///   - isOutbound: Whether it sends something to others, so that it must not be done again because a backup has
    ///     been restored: such jobs wait until an operator releases deliveries.
    ///   - work: The work.
    public init(
        _ key: JobKey<Input>, retry: RetryPolicy = .standard, timeLimit: Duration = .seconds(300),
        priority: JobPriority = .normal, isOutbound: Bool = false,
        work: @escaping @Sendable (Input, JobContext) async throws -> Void
    ) {
        self.key = key
        self.retry = retry
        self.timeLimit = timeLimit
        self.priority = priority
        self.isOutbound = isOutbound
        self.work = work
    }

    /// Binds a job to its code; see ``init(_:retry:timeLimit:priority:isOutbound:work:)-(JobKey<Input>,_,_,_,_,_)``.
    public init(
        _ name: String, retry: RetryPolicy = .standard, timeLimit: Duration = .seconds(300),
        priority: JobPriority = .normal, isOutbound: Bool = false,
        work: @escaping @Sendable (Input, JobContext) async throws -> Void
    ) {
        self.init(
            JobKey(name), retry: retry, timeLimit: timeLimit, priority: priority, isOutbound: isOutbound, work: work)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "job \(self.key.name)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        JobRules.problems(name: self.key.name, timeLimit: self.timeLimit)
    }
}

/// What all jobs keep to.
enum JobRules {
    /// What is wrong with a job's name and limit, in sentences.
    static func problems(name: String, timeLimit: Duration) -> [String] {
        var found: [String] = []
        if !PluginID(name).isWellFormed {
            found.append("its name must be lower-case letters, digits and hyphens, beginning with a letter, at most 40")
        }
        if timeLimit <= .zero || timeLimit > .seconds(86_400) {
            found.append("its time limit must be more than zero and at most a day")
        }
        return found
    }
}

/// A job whose input type has been forgotten.
protocol AnyJob: Sendable {
    var jobName: String { get }
    var inputType: ObjectIdentifier { get }
    var retry: RetryPolicy { get }
    var timeLimit: Duration { get }
    var priority: JobPriority { get }
    var isOutbound: Bool { get }
    /// Decodes the input and does the work.
    ///
    /// - Throws: ``JobFailure`` when the input cannot be read; what the work throws.
    func run(_ input: String, _ context: JobContext) async throws
}

extension Job: AnyJob {
    var jobName: String { self.key.name }
    var inputType: ObjectIdentifier { ObjectIdentifier(Input.self) }

    func run(_ input: String, _ context: JobContext) async throws {
        let decoded: Input
        do {
            decoded = try JSONDecoder().decode(Input.self, from: Data(input.utf8))
        } catch {
            // The same bytes will never be read otherwise by this program.
            throw JobFailure.permanent("the input cannot be read as \(Input.self)")
        }
        try await self.work(decoded, context)
    }
}
