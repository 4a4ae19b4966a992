/// Makes several requests for the same work one job, for as long as it waits.
///
/// Keys are compared within a job's name and an organization. A job that has begun is not counted: a request that comes
/// while it runs makes another one, because the running one may have read the old state. Keys are ids and facts, never
/// personal data.
public struct JobUniqueness: Sendable, Equatable {
    enum Rule: Sendable, Equatable { case once, latest }

    /// What tells the work from other work of the same job: 1…200 bytes.
    public let key: String
    let rule: Rule

    /// The job that waits stays as it is, and runs at the earlier of both times.
    ///
    /// A job that waits because it has failed keeps its pause.
    public static func once(_ key: String) -> Self { Self(key: key, rule: .once) }

    /// The job that waits gets the new input and the new time, and its attempts begin anew.
    ///
    /// A time that is put off again and again makes one run after the last request.
    public static func latest(_ key: String) -> Self { Self(key: key, rule: .latest) }
}
