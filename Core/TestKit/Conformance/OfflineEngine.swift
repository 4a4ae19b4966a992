internal import AlmanacStorage

/// A database that is not there: whoever touches it while plugins are assembled breaks the contract.
struct OfflineEngine: DatabaseEngine {
    var name: String { "offline" }

    private var refusal: StorageError { StorageError(.unavailable, "there is no database while plugins are assembled") }

    func write<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T { throw self.refusal }

    func read<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T { throw self.refusal }

    func maintain<T: Sendable>(
        _ body: @escaping @Sendable (any MaintenanceConnection) throws -> T
    ) async throws -> T { throw self.refusal }

    func close() async {}
}
