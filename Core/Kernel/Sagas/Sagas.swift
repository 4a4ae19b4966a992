package import AlmanacStorage
internal import Foundation

/// Runs sagas and takes up those that a crash left between their steps.
public struct Sagas: Sendable {
    private let platform: Platform
    private let database: Database

    package init(platform: Platform, database: Database) {
        self.platform = platform
        self.database = database
    }

    /// Runs a saga of plugin `owner` from the start.
    ///
    /// - Throws: What `reserve` or `act` throws; after a failed act the reservation has been given back.
    public func run<Input, Reservation, Outcome>(
        _ saga: Saga<Input, Reservation, Outcome>, of owner: PluginID, _ input: Input, as call: Call
    ) async throws -> Outcome {
        let (id, reservation) = try await self.write(saga.name, owner, call) { tx in
            let reservation = try saga.reserve(input, tx)
            let id: ID<SagaRun> = tx.id()
            let stored = String(decoding: try JSONEncoder().encode(reservation), as: UTF8.self)
            try tx.entering(.kernel).post(
                """
                INSERT INTO \(SagaRun.table) (organization_id, id, name, reservation, state, created_at)
                VALUES (\(call.organization), \(id), \(saga.name), \(stored), \("reserved"), \(tx.now))
                """)
            return (id, reservation)
        }
        return try await self.finish(saga, owner, id, reservation, call)
    }

    /// Acts on and settles every run of a saga that was reserved and not settled.
    ///
    /// - Returns: How many were taken up.
    public func resume<Input, Reservation, Outcome>(
        _ saga: Saga<Input, Reservation, Outcome>, of owner: PluginID, as call: Call
    ) async throws -> Int {
        let waiting = try await self.database.entering(.kernel).read(in: .organization(call.organization)) { tx in
            try tx.fetchAll(
                """
                SELECT \(StoredRun.columns) FROM \(SagaRun.table)
                WHERE organization_id = \(call.organization) AND name = \(saga.name) AND state = \("reserved")
                ORDER BY id
                """, as: StoredRun.self)
        }
        for run in waiting {
            let reservation = try JSONDecoder().decode(Reservation.self, from: Data(run.reservation.utf8))
            _ = try? await self.finish(saga, owner, run.id, reservation, call)
        }
        return waiting.count
    }

    private struct StoredRun: Record {
        static let columns: Columns = ["id", "reservation"]
        let id: ID<SagaRun>
        let reservation: String

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.reservation = try row.next()
        }
    }

    private func finish<Input, Reservation, Outcome>(
        _ saga: Saga<Input, Reservation, Outcome>, _ owner: PluginID, _ id: ID<SagaRun>, _ reservation: Reservation,
        _ call: Call
    ) async throws -> Outcome {
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await saga.act(reservation, id))
        } catch {
            result = .failure(error)
        }
        try await self.write(saga.name, owner, call) { tx in
            let state = if case .success = result { "settled" } else { "failed" }
            // Whoever changes the state settles: a run that was taken up twice is settled once.
            let changed = try tx.entering(.kernel).execute(
                """
                UPDATE \(SagaRun.table) SET state = \(state), settled_at = \(tx.now)
                WHERE organization_id = \(call.organization) AND id = \(id) AND state = \("reserved")
                """)
            if changed == 1 { try saga.settle(reservation, result, tx) }
        }
        return try result.get()
    }

    @discardableResult
    private func write<T: Sendable>(
        _ name: String, _ owner: PluginID, _ call: Call, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        let platform = self.platform
        return try await self.database.entering(owner.namespace).write(
            in: .organization(call.organization),
            attaching: { CallState(call: call, platform: platform, operation: name) }, body)
    }
}
