internal import AlmanacStorage

/// Stands for the database while a manifest is checked: nothing may touch it.
struct OfflineEngine: DatabaseEngine {
    let name = "offline"

    private var refusal: StorageError {
        StorageError(.unavailable, "the manifest is only being checked: no database is open")
    }

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
