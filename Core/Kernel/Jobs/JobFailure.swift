/// Thrown by a job to say what a failure means, where the job knows better than its ``RetryPolicy``.
///
/// Any other error is a failure like all others: the job is tried again after a pause that grows. Of errors that are
/// none of ours only the type is kept, because their words may show anything; the reason of this one is kept.
public struct JobFailure: Error, CustomStringConvertible, Sendable {
    enum Sequel: Sendable, Equatable {
        case never
        case after(Duration)
    }

    /// What went wrong, for the operator: no secrets, nothing about people; cut off after 500 characters.
    public let reason: String
    let sequel: Sequel

    /// The job cannot succeed, however often it is tried: it is dead at once.
    public static func permanent(_ reason: String) -> Self { Self(reason: reason, sequel: .never) }

    /// The other side has said when to come back.
    ///
    /// Counts as an attempt: a job that has had all of its attempts is dead.
    public static func retry(after pause: Duration, _ reason: String) -> Self {
        Self(reason: reason, sequel: .after(min(max(pause, .zero), .seconds(30 * 86_400))))
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { self.reason }
}

/// A job goes on although another host has taken it over, or somebody has cancelled it: what it writes is refused.
public struct JobLeaseLost: Error, CustomStringConvertible, Sendable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { "the job has been cancelled or taken over by another host" }
}
