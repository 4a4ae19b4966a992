public import AlmanacStorage

/// An operation that changes state; the host runs it, never the handler itself.
///
/// The order is fixed: authorize → open the transaction → idempotency → handle → audit → events → encode and keep the
/// answer → commit. The handler is synchronous and gets the transaction; it opens none, and it cannot reach the
/// network.
public struct Command<Input: Sendable, Output: Sendable>: Sendable {
    /// The permanent name, as `bookings.create`: the action of its audit entry.
    public let name: String
    /// What it asks of its caller.
    public let access: Access
    /// The work; it may be run again from the start.
    public let handle: @Sendable (Input, Call, Transaction) throws -> Output

    /// Makes an operation.
    public init(
        _ name: String, _ access: Access, _ handle: @escaping @Sendable (Input, Call, Transaction) throws -> Output
    ) {
        self.name = name
        self.access = access
        self.handle = handle
    }
}

/// An operation that only reads, from one consistent state.
public struct Query<Input: Sendable, Output: Sendable>: Sendable {
    /// The permanent name, as `bookings.list`.
    public let name: String
    /// What it asks of its caller.
    public let access: Access
    /// The work; it cannot await.
    public let handle: @Sendable (Input, Call, ReadTransaction) throws -> Output

    /// Makes an operation.
    public init(
        _ name: String, _ access: Access, _ handle: @escaping @Sendable (Input, Call, ReadTransaction) throws -> Output
    ) {
        self.name = name
        self.access = access
        self.handle = handle
    }
}
