internal import AlmanacKernel
internal import AlmanacStorage
internal import Synchronization

/// Asks a live query piece by piece, for one stream.
protocol LiveReading: Sendable {
    /// What is followed.
    var subject: LiveSubject { get }

    /// The next piece of what there is.
    ///
    /// - Throws: ``Refusal`` when the caller may not see it any more; storage errors: then it can be asked again.
    func read(as call: Call) async throws -> LiveBatch
}

/// Asks a live query of a plugin, and remembers how far it is.
final class LiveReader<Input: Sendable, State: Sendable>: LiveReading {
    let subject: LiveSubject
    private let query: LiveQuery<Input, State>
    private let input: Input
    private let owner: PluginID
    private let invoker: Invoker
    private let state: Mutex<State>

    /// Begins.
    ///
    /// - Throws: ``Refusal`` when the caller may not follow it; storage errors.
    init(
        _ query: LiveQuery<Input, State>, of owner: PluginID, _ input: Input, from position: Int64?, as call: Call,
        _ invoker: Invoker
    ) async throws {
        self.query = query
        self.input = input
        self.owner = owner
        self.invoker = invoker
        self.subject = try query.subject(input, call)
        let begin = Query<Input, State>(query.name, query.access) { try query.begin($0, position, $1, $2) }
        self.state = Mutex(try await invoker.run(begin, of: owner, input, as: call))
    }

    func read(as call: Call) async throws -> LiveBatch {
        let (query, before) = (self.query, self.state.withLock { $0 })
        let next = Query<Input, (LiveBatch, State)>(query.name, query.access) { input, call, tx in
            var state = before
            return (try query.next(input, &state, call, tx), state)
        }
        let (batch, after) = try await self.invoker.run(next, of: self.owner, self.input, as: call)
        self.state.withLock { $0 = after }
        return batch
    }
}
