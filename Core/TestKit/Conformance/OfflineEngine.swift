package import AlmanacStorage

/// A database that is not there: whoever touches it while plugins are assembled breaks the contract.
package struct OfflineEngine: DatabaseEngine {
    package init() {}

    package var name: String { "offline" }

    private var refusal: StorageError { StorageError(.unavailable, "there is no database while plugins are assembled") }

    package func write<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T { throw self.refusal }

    package func read<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T { throw self.refusal }

    package func maintain<T: Sendable>(
        _ body: @escaping @Sendable (any MaintenanceConnection) throws -> T
    ) async throws -> T { throw self.refusal }

    package func close() async {}
}
