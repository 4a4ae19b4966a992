internal import AlmanacStorage

/// A delivery that a host has found, as its row and its event's have it.
struct PickedDelivery: Record {
    static let columns: Columns = [
        "organization_id", "event_id", "number", "ordering_key", "attempts", "name", "version", "payload",
        "occurred_at", "predecessor",
    ]

    let event: DeliveredEvent
    /// The order of deliveries.
    let number: Int64
    /// How often it has failed.
    let failures: Int
    /// The event of the nearest one before it, of its consumer and ordering key, that is not finished.
    let predecessor: ID<AnyEvent>?

    init(row: inout RowReader) throws {
        let organization: OrganizationID = try row.next()
        let id: ID<AnyEvent> = try row.next()
        self.number = try row.next()
        let key: String? = try row.nextIfPresent()
        self.failures = try row.next()
        let name: String = try row.next()
        let wire = WireName(name, version: try row.next())
        let payload = try row.nextText()
        self.event = DeliveredEvent(
            id: id, organization: organization, wire: wire, occurredAt: try row.next(), orderingKey: key,
            payload: payload)
        self.predecessor = try row.nextIfPresent()
    }
}

/// A delivery that this process may handle now.
struct ClaimedDelivery: Sendable {
    let consumer: Consumer
    let event: DeliveredEvent
    let reading: Reading
    let number: Int64
    /// How often it has failed.
    let failures: Int
    let lease: ID<DeliveryLease>

    /// The row.
    var row: SQL { DeliveryLane.row(self.event, self.consumer.id) }
    /// The row, as long as it belongs to this process.
    var heldRow: SQL { "\(self.row) AND lease = \(self.lease) AND state = 'running'" }
}

/// What one look for deliveries of a consumer has found.
struct DeliveryClaim: Sendable {
    /// What may be handled, in the order of numbers; of one ordering key without gaps.
    var deliveries: [ClaimedDelivery] = []
    /// How many were found to stand behind another one.
    var blocked = 0
    /// How many cannot be read by this program.
    var unreadable = 0
    /// How many are dead because their hosts ended too often.
    var dead = 0

    /// Whether anything was found at all.
    var isEmpty: Bool { self.deliveries.isEmpty && self.blocked + self.unreadable + self.dead == 0 }

    /// What may be handled beside each other: one list for each ordering key, and for each delivery without one.
    var lanes: [[ClaimedDelivery]] {
        var lanes: [[ClaimedDelivery]] = []
        var places: [DeliveryLane: Int] = [:]
        for delivery in self.deliveries {
            guard let lane = DeliveryLane(delivery.event, delivery.consumer) else {
                lanes.append([delivery])
                continue
            }
            if let place = places[lane] {
                lanes[place].append(delivery)
            } else {
                places[lane] = lanes.count
                lanes.append([delivery])
            }
        }
        return lanes
    }
}
