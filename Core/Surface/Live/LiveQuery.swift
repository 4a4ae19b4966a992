public import AlmanacKernel
public import AlmanacStorage

/// What a live endpoint sends: a query that is asked again whenever there may be something new.
///
/// ```swift
/// LiveQuery("reviews.follow", .signedIn, events: [Self.added.described]) { input, call in
///     LiveSubject("reviews.list", …, in: call.organization)
/// } begin: { input, position, call, tx in
///     State(after: try position ?? Self.latest(call, tx))
/// } next: { input, state, call, tx in
///     let found = try Self.after(state.after, limit: 20, call, tx)
///     …
/// }
/// ```
/// Laws:
/// - Events have positions that grow in the order in which they become visible: what commits later has a higher one.
///   Numbers that a sequence draws do not; those do that are counted in the row of what is followed, which stays locked
///   until the commit.
/// - `next` returns a piece of bounded size, and moves the state behind what it returns. It sees the whole state of the
///   database and decides itself what the caller may see of it, as any query does: nothing comes by way of waking.
/// - It is asked as the caller is at that moment. Before each piece, and every second, the host has made sure that they
///   still may ask.
public struct LiveQuery<Input: Sendable, State: Sendable>: Sendable {
    /// The permanent name, as `reviews.follow`.
    public let name: String
    /// What it asks of its caller.
    public let access: Access
    let events: [LiveEventDescription]
    let subject: @Sendable (Input, Call) throws -> LiveSubject
    let begin: @Sendable (Input, Int64?, Call, ReadTransaction) throws -> State
    let next: @Sendable (Input, inout State, Call, ReadTransaction) throws -> LiveBatch

    /// Makes an operation.
    ///
    /// - Parameters:
    ///   - name: The permanent name.
    ///   - access: What it asks of its caller.
    ///   - events: Every kind of event that it sends.
    ///   - subject: What is followed.
    ///   - begin: Finds out where to begin, and refuses what the caller may not follow. The position is that of the last
    ///     event that the caller has seen; `nil` for one who begins.
    ///   - next: Reads the next piece; nothing when there is nothing new.
    public init(
        _ name: String, _ access: Access, events: [LiveEventDescription],
        subject: @escaping @Sendable (Input, Call) throws -> LiveSubject,
        begin: @escaping @Sendable (Input, Int64?, Call, ReadTransaction) throws -> State,
        next: @escaping @Sendable (Input, inout State, Call, ReadTransaction) throws -> LiveBatch
    ) {
        self.name = name
        self.access = access
        self.events = events
        self.subject = subject
        self.begin = begin
        self.next = next
    }
}
