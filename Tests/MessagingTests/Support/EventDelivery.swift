import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Foundation
import MessagingAPI

@testable import AlmanacKernel

/// Hands events that wait to the handlers of messages, in order, each in a transaction of its own.
struct EventDelivery {
    let platform: TestPlatform

    private struct Waiting: Record {
        static let columns: Columns = ["d.organization_id", "d.event_id", "d.consumer", "e.name", "e.payload"]
        let organization: OrganizationID
        let event: ID<Waiting>
        let consumer: String
        let name: String
        let payload: JSON

        init(row: inout RowReader) throws {
            self.organization = try row.next()
            self.event = try row.next()
            self.consumer = try row.next()
            self.name = try row.next()
            self.payload = try row.next()
        }
    }

    /// Handles everything that waits.
    ///
    /// - Parameter times: How often each handler runs: as when its end is not noticed.
    /// - Throws: What a handler throws.
    func run(times: Int = 1) async throws {
        let waiting = try await self.platform.runtime.database.read(in: .system(SystemScope("deliver events"))) { tx in
            try tx.fetchAll(
                """
                SELECT \(Waiting.columns) FROM \(Outbox.deliveries) d
                JOIN \(Outbox.events) e ON e.organization_id = d.organization_id AND e.id = d.event_id
                WHERE d.state = 'pending' AND d.consumer LIKE 'messaging.%' ORDER BY e.id
                """, as: Waiting.self)
        }
        for delivery in waiting {
            for _ in 0..<times { try await self.handle(delivery) }
            try await self.platform.runtime.database.write(in: .organization(delivery.organization)) { tx in
                try tx.post(
                    """
                    UPDATE \(Outbox.deliveries) SET state = 'done'
                    WHERE organization_id = \(delivery.organization) AND event_id = \(delivery.event)
                        AND consumer = \(delivery.consumer)
                    """)
            }
        }
    }

    private func handle(_ delivery: Waiting) async throws {
        switch delivery.name {
        case BookingRequested.wire.name: try await self.handle(delivery, as: BookingRequested.self)
        case BookingConfirmed.wire.name: try await self.handle(delivery, as: BookingConfirmed.self)
        case BookingRescheduled.wire.name: try await self.handle(delivery, as: BookingRescheduled.self)
        case BookingCancelled.wire.name: try await self.handle(delivery, as: BookingCancelled.self)
        default: throw TestKitError("nobody knows the event \(delivery.name)")
        }
    }

    private func handle<Event: DomainEvent>(_ delivery: Waiting, as type: Event.Type) async throws {
        let event = try JSONDecoder().decode(Event.self, from: Data(delivery.payload.serialized))
        try await self.handle(event, in: delivery.organization)
    }

    /// Handles one event, whoever has emitted it.
    func handle<Event: DomainEvent>(_ event: Event, in organization: OrganizationID) async throws {
        let handlers = self.platform.runtime.platform.graph.contributions(of: On<Event>.self)
        for (owner, handler) in handlers where owner == "messaging" {
            try await self.platform.database(of: owner).write(in: .organization(organization)) { tx in
                try handler.handle(event, tx)
            }
        }
    }
}
