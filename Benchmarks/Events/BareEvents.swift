internal import AlmanacStorage
internal import AlmanacTestKit
internal import Synchronization

/// The rows that an event with one consumer leaves, written without anything that decides: the ceiling.
struct BareEvents: Sendable {
    private static let event = AlmanacStorage.Table(.kernel, "event")
    private static let delivery = AlmanacStorage.Table(.kernel, "delivery")
    private static let inbox = AlmanacStorage.Table(.kernel, "inbox")
    private static let payload = #"{"clock":"clock-1","tick":1}"#

    private let organization: OrganizationID

    init(_ organization: OrganizationID) { self.organization = organization }

    /// Writes the rows of one event in two transactions: that of its emission, and that of its consumer.
    func write(to database: Database) async throws {
        let organization = self.organization
        let id: ID<BareEvents> = try await database.write(in: .organization(organization)) { tx in
            let id: ID<BareEvents> = tx.id()
            try tx.post(
                """
                INSERT INTO \(Self.event) (organization_id, id, name, version, ordering_key, payload, occurred_at)
                VALUES (\(organization), \(id), \("bare.ticked"), \(1), \("clock-1"), \(Self.payload), \(tx.now))
                """)
            try tx.post(
                """
                INSERT INTO \(Self.delivery) (organization_id, event_id, consumer, number, ordering_key, due_at)
                VALUES (\(organization), \(id), \("bare.note"), \(1), \("clock-1"), \(0))
                """)
            return id
        }
        try await database.write(in: .organization(organization)) { tx in
            try tx.post(
                """
                INSERT INTO \(Self.inbox) (organization_id, event_id, consumer, handled_at)
                VALUES (\(organization), \(id), \("bare.note"), \(tx.now))
                """)
            try tx.post(
                """
                INSERT INTO \(TickingPlugin.ticks) (organization_id, id, clock, tick)
                VALUES (\(organization), \(id), \("clock-1"), \(1))
                """)
            try tx.post(
                """
                UPDATE \(Self.delivery) SET state = 'done', finished_at = \(tx.now)
                WHERE organization_id = \(organization) AND event_id = \(id) AND consumer = \("bare.note")
                """)
        }
    }

    /// How many events a second pgbench writes so, with as many clients.
    func rate(on cluster: PostgresCluster, clients: Int, events: Int) throws -> Double {
        let path = "/tmp/almanac-events-\(SystemRandom().next()).pgbench"
        try Tool.run("/usr/bin/env", ["tee", path], input: self.script)
        defer { _ = try? Tool.run("/usr/bin/env", ["rm", "-f", path]) }
        let report = try cluster.pgbench([
            "--no-vacuum", "--protocol=prepared", "--client=\(clients)", "--jobs=\(min(clients, 2))",
            "--transactions=\(max(events / clients, 100))", "--file=\(path)", "--define=n=0",
        ])
        let line = report.split(separator: "\n").last { $0.hasPrefix("tps = ") }
        let number = line.flatMap { $0.split(separator: " ").dropFirst(2).first }
        guard let rate = number.flatMap({ Double($0) }), !report.contains("aborted") else {
            throw TestKitError("pgbench could not write events:\n\(report)")
        }
        return rate
    }

    private var script: String {
        let id = "('fffd0000' || lpad(to_hex(:serial::bigint), 24, '0'))::uuid"
        let own = "'\(self.organization)'"
        return """
            \\if :n = 0
            SELECT set_config('almanac.scope', 'system', false);
            \\endif
            \\set n :n + 1
            \\set serial :n * 1024 + :client_id
            BEGIN;
            INSERT INTO kernel.event (organization_id, id, name, version, ordering_key, payload, occurred_at)
            VALUES (\(own), \(id), 'bare.ticked', 1, 'clock-1', '\(Self.payload)', 1);
            INSERT INTO kernel.delivery (organization_id, event_id, consumer, number, ordering_key, due_at)
            VALUES (\(own), \(id), 'bare.note', 1, 'clock-1', 0);
            COMMIT;
            BEGIN;
            INSERT INTO kernel.inbox (organization_id, event_id, consumer, handled_at)
            VALUES (\(own), \(id), 'bare.note', 1);
            INSERT INTO ticking.tick (organization_id, id, clock, tick) VALUES (\(own), \(id), 'clock-1', 1);
            UPDATE kernel.delivery SET state = 'done', finished_at = 1
            WHERE organization_id = \(own) AND event_id = \(id) AND consumer = 'bare.note';
            COMMIT;

            """
    }
}
