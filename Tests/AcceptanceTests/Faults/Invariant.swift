import AlmanacTestKit

/// Something that must hold of all that a busy school ever wrote, whatever ended the program.
struct Invariant: Sendable {
    /// What would be wrong.
    let fault: String
    /// A query that counts how often it is; tables stand in it as `{room.table}`.
    let query: String

    /// All of them, for a school that has handled every event and whose bookings were only ever made.
    static func all(_ engine: TestEngine) -> [Self] {
        // An id is text in keys of events and objects of entries, and a value of 16 bytes in the columns of bookings.
        let booking =
            switch engine {
            case .sqlite: "lower(hex(b.id))"
            case .postgres: "replace(CAST(b.id AS text), '-', '')"
            }
        return self.whole(booking) + self.told
    }

    /// A booking is its row, its claim, its event, its entry in the log and the answer that was kept; or nothing.
    private static func whole(_ booking: String) -> [Self] {
        [
            Self(
                fault: "bookings without exactly one claim, of their provider's time",
                query: """
                    SELECT count(*) FROM {bookings.booking} b WHERE 1 <> (
                        SELECT count(*) FROM {bookings.claim} c WHERE c.booking_id = b.id) OR 1 <> (
                        SELECT count(*) FROM {bookings.claim} c JOIN {bookings.provider} p
                            ON p.resource_id = c.resource_id
                        WHERE c.booking_id = b.id AND c.state = 'confirmed' AND p.id = b.provider_id
                            AND c.core_start = b.start_at AND c.core_end = b.end_at)
                    """),
            Self(
                fault: "claims that overlap",
                query: """
                    SELECT count(*) FROM {bookings.claim} a JOIN {bookings.claim} b
                        ON a.resource_id = b.resource_id AND a.id < b.id
                        AND a.core_start < b.core_end AND b.core_start < a.core_end
                    """),
            Self(
                fault: "bookings without exactly one event",
                query: """
                    SELECT count(*) FROM {bookings.booking} b LEFT JOIN (
                        SELECT replace(ordering_key, '-', '') AS booking, count(*) AS events FROM {kernel.event}
                        WHERE name = 'bookings.booking-confirmed' GROUP BY 1) e ON e.booking = \(booking)
                    WHERE coalesce(e.events, 0) <> 1
                    """),
            Self(
                fault: "bookings without exactly one entry of the log",
                query: """
                    SELECT count(*) FROM {bookings.booking} b LEFT JOIN (
                        SELECT replace(object_id, '-', '') AS booking, count(*) AS entries FROM {kernel.audit_entry}
                        WHERE action = 'bookings.booking.created' GROUP BY 1) e ON e.booking = \(booking)
                    WHERE coalesce(e.entries, 0) <> 1
                    """),
            Self(
                fault: "events, entries or answers of bookings that are not there",
                query: """
                    SELECT abs((SELECT count(*) FROM {kernel.event}) - (SELECT count(*) FROM {bookings.booking}))
                        + abs((SELECT count(*) FROM {kernel.audit_entry} WHERE action = 'bookings.booking.created')
                            - (SELECT count(*) FROM {bookings.booking}))
                        + abs((SELECT count(*) FROM {kernel.kept_answer}) - (SELECT count(*) FROM {bookings.booking}))
                    """),
        ]
    }

    /// What an event leads to has happened once: customer and provider are told by mail and inbox, now and before it.
    private static let told = [
        Self(
            fault: "events that are not handled by exactly one consumer, once",
            query: """
                SELECT count(*) FROM {kernel.event} e WHERE 1 <> (
                    SELECT count(*) FROM {kernel.delivery} d WHERE d.event_id = e.id AND d.state = 'done') OR 1 <> (
                    SELECT count(*) FROM {kernel.inbox} i WHERE i.event_id = e.id) OR 1 <> (
                    SELECT count(*) FROM {kernel.delivery} d WHERE d.event_id = e.id)
                """),
        Self(
            fault: "bookings without exactly one message for each who is told, way and occasion",
            query: """
                SELECT count(*) FROM {bookings.booking} b LEFT JOIN (
                    SELECT booking_id, count(*) AS messages, count(DISTINCT audience || type || channel) AS kinds
                    FROM {messaging.message} GROUP BY booking_id) m ON m.booking_id = b.id
                WHERE coalesce(m.messages, 0) <> 8 OR coalesce(m.kinds, 0) <> 8
                """),
    ]
}
