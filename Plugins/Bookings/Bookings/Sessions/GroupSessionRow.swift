internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What sort of thing a session is to those who read of it.
enum GroupSessionKind: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
    /// An hour, an evening, a course.
    case session
    /// Days on end.
    case retreat
}

/// Where a session stands.
enum GroupSessionStatus: String, Sendable, CaseIterable, Codable, APIValue, ColumnValue {
    /// It is being planned: it takes no time, and nobody but those who plan it sees it.
    case draft
    /// It takes place and can be booked.
    case scheduled
    /// It does not take place.
    case cancelled
    /// It has taken place.
    case completed
}

/// A session that was made by whoever organizes it, with its times and with what it takes.
struct GroupSessionRow: Sendable {
    /// One of its times.
    struct Part: Sendable, Equatable {
        let start: Instant
        let end: Instant

        var minutes: Int { Int(self.end.microseconds(since: self.start) / TimeSpan.minute) }
    }

    let id: ID<GroupSession>
    let eventType: ID<EventType>
    var kind: GroupSessionKind
    var title: LocalizedText
    var description: LocalizedText?
    var status: GroupSessionStatus
    /// Where its first part begins.
    var start: Instant
    /// Where its last part ends.
    var end: Instant
    var zone: Zone
    var capacity: Int
    /// What one seat costs.
    var price: Money
    /// From when on customers can book it; `nil` is at once.
    var bookableFrom: Instant?
    /// Until how long before its start customers can book it; `nil` is as its event type says.
    var noticeMinutes: Int?
    var version: Int
    let createdAt: Instant
    /// Its times, in order; read after the row.
    var parts: [Part] = []
    /// Those who give it, the lead first, then what else it takes; read after the row.
    var resources: [BookedResource] = []

    /// Who leads it.
    var lead: BookedResource? { self.resources.first { $0.role == .host } }

    /// Those who give it.
    var hosts: [BookedResource] { self.resources.filter { $0.role == .host } }

    /// What a booking of it has besides its provider.
    var further: [BookedResource] { self.resources.filter { $0.resource != self.lead?.resource } }

    /// Whose session it is: everybody's who gives it.
    var ownership: Ownership { Ownership(assignees: self.hosts.compactMap(\.person)) }

    var object: AuditEntry.Object { AuditEntry.Object("session", self.id) }

    /// The terms under which its seats are booked: those of its event type, as long as it lasts.
    func terms(under eventType: AgreedTerms) -> AgreedTerms {
        var terms = eventType
        terms.durationMinutes = Int(self.end.microseconds(since: self.start) / TimeSpan.minute)
        terms.minimumNoticeMinutes = self.noticeMinutes ?? eventType.minimumNoticeMinutes
        return terms
    }

    /// The last instant at which customers can book it.
    func closesAt(under eventType: AgreedTerms) -> Instant {
        self.start.adding(minutes: -Int64(self.noticeMinutes ?? eventType.minimumNoticeMinutes))
    }
}

extension GroupSessionRow: Record {
    static let columns: Columns = [
        "s.id", "s.event_type_id", "s.kind", "s.title", "s.description", "s.status", "s.start_at", "s.end_at",
        "s.time_zone", "s.capacity", "s.price_amount", "s.price_currency", "s.bookable_from",
        "s.minimum_notice_minutes", "s.version", "s.created_at",
    ]

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.eventType = try row.next()
        self.kind = try row.next()
        self.title = try row.next()
        self.description = try row.nextIfPresent()
        self.status = try row.next()
        self.start = try row.next()
        self.end = try row.next()
        self.zone = try row.next()
        self.capacity = try row.next()
        let amount: Int = try row.next()
        self.price = try Money(amount: amount, currency: try row.next())
        self.bookableFrom = try row.nextIfPresent()
        self.noticeMinutes = try row.nextIfPresent()
        self.version = try row.next()
        self.createdAt = try row.next()
    }
}
