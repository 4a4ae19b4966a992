import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// Events, what could not be delivered of them, and work in the background, each made for one request.
extension MatrixSchool {
    /// An event that its consumer has handled.
    func event() async throws -> String {
        try await self.event(delivered: "done")
    }

    /// Something that could not be delivered, by the event and the consumer.
    func deadLetter() async throws -> String {
        "\(try await self.event(delivered: "dead"))~\(Self.consumer)"
    }

    private static let consumer = "messaging.tell"

    private func event(delivered state: String) async throws -> String {
        let organization = try self.platform.organization(self.place).id
        let database = self.platform.runtime.database.entering(.kernel)
        let id: ID<AnyEvent> = try await database.write(in: .organization(organization)) { tx in
            let id: ID<AnyEvent> = tx.id()
            try tx.execute(
                """
                INSERT INTO \(Outbox.events) (organization_id, id, name, version, payload, occurred_at)
                VALUES (\(organization), \(id), 'sample.sample', 1, '{}', \(tx.now))
                """)
            try tx.execute(
                """
                INSERT INTO \(Outbox.deliveries) (organization_id, event_id, consumer, number, state, due_at, finished_at)
                SELECT organization_id, id, \(Self.consumer), number, \(state), \(tx.now), \(tx.now)
                FROM \(Outbox.events) WHERE organization_id = \(organization) AND id = \(id)
                """)
            return id
        }
        return id.description
    }

    /// Work that waits for next year.
    func job() async throws -> String {
        try await self.job(in: "waiting")
    }

    /// Work that was given up.
    func failedJob() async throws -> String {
        try await self.job(in: "dead")
    }

    private func job(in state: String) async throws -> String {
        let organization = try self.platform.organization(self.place).id
        let database = self.platform.runtime.database.entering(.kernel)
        let id: ID<StoredJob> = try await database.write(in: .organization(organization)) { tx in
            let id: ID<StoredJob> = tx.id()
            try tx.execute(
                """
                INSERT INTO \(JobTable.table) (organization_id, id, name, input, priority, run_at, state, enqueued_by,
                    created_at, finished_at)
                VALUES (\(organization), \(id), 'sample.sample', '{}', 0, \(tx.now.adding(minutes: 525_600)), \(state),
                    'system:sample', \(tx.now), \(state == "waiting" ? nil : tx.now))
                """)
            return id
        }
        return id.description
    }
}
