public import AlmanacStorage

/// Work that needs the network, in three steps: reserve in a transaction, act outside, settle in a transaction.
///
/// No transaction spans a network call. What was reserved is stored before anything is sent, so that a crash between
/// the steps loses nothing: ``Sagas/resume(_:as:)`` acts again. The act must therefore be idempotent at the other end;
/// the saga's id is the key for that.
public struct Saga<Input: Sendable, Reservation: Codable & Sendable, Outcome: Sendable>: Sendable {
    /// The permanent name, as `payments.charge`.
    public let name: String
    let reserve: @Sendable (Input, Transaction) throws -> Reservation
    let act: @Sendable (Reservation, ID<SagaRun>) async throws -> Outcome
    let settle: @Sendable (Reservation, Result<Outcome, any Error>, Transaction) throws -> Void

    /// Makes a saga.
    ///
    /// - Parameters:
    ///   - name: The permanent name.
    ///   - reserve: Checks and reserves, in a transaction; what it returns is stored.
    ///   - act: Talks to the other side; may be run again with the same id.
    ///   - settle: Writes what came of it, in a transaction; a failure gives the reservation back.
    public init(
        _ name: String, reserve: @escaping @Sendable (Input, Transaction) throws -> Reservation,
        act: @escaping @Sendable (Reservation, ID<SagaRun>) async throws -> Outcome,
        settle: @escaping @Sendable (Reservation, Result<Outcome, any Error>, Transaction) throws -> Void
    ) {
        self.name = name
        self.reserve = reserve
        self.act = act
        self.settle = settle
    }
}

/// One run of a saga, as it is stored.
public enum SagaRun {
    static let table = Table(.kernel, "saga")

    static let migrationStep = CreateTable(Self.table) {
        Column("id", .uuid)
        Column("name", .text)
        Column("reservation", .json)
        Column("state", .text)
        Column("created_at", .instant)
        Column("settled_at", .instant, optional: true)
        PrimaryKey("id")
        Check("state", "state IN ('reserved', 'settled', 'failed')")
    }
}
