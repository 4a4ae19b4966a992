internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A row of `sessions.csv`; hosts and resources are external ids, or ids of the API.
struct ImportedSession: Sendable {
    let externalID: String
    let eventType: String
    let kind: GroupSessionKind
    let title: LocalizedText
    let description: LocalizedText?
    let parts: [GroupSessionRow.Part]
    let hosts: [String]
    let resources: [String]
    let capacity: Int
    let price: Money?
    let zone: Zone?
    let bookableFrom: Instant?
    let noticeMinutes: Int?
    /// Whether it is published, and takes its time; else it is a draft.
    let isScheduled: Bool

    static let columns: [CSVColumn] = [
        .required("external_id"), .required("event_type"), .required("title", translations: true), .required("parts"),
        .required("hosts"), .required("capacity"), .optional("kind"), .optional("description"), .optional("resources"),
        .optional("price_amount"), .optional("price_currency"), .optional("time_zone"), .optional("bookable_from"),
        .optional("minimum_notice_minutes"), .optional("status"),
    ]

    static func read(_ row: inout CSVRow, locale: String) -> ImportedSession? {
        let externalID = row.externalID("external_id")
        let eventType = row.line("event_type")
        let title = row.localizedLine("title", locale: locale)
        let parts = row.parts("parts")
        let hosts = row.list("hosts")
        if hosts.isEmpty { row.refuse("hosts", "must name at least one provider") }
        let capacity = row.integer("capacity", in: GroupTerms.capacities)
        let kind = row.optionalValue("kind", expected: "session or retreat") { GroupSessionKind(rawValue: $0) }
        let description = row.optionalValue("description", expected: "1 to 10000 characters") {
            text -> LocalizedText? in
            guard GroupSessionLimits.description.contains(text.unicodeScalars.count) else { return nil }
            return try? LocalizedText(text, language: locale)
        }
        let resources = row.list("resources")
        let price = Self.price(&row)
        let zone = row.zone("time_zone")
        let bookableFrom = row.optionalValue(
            "bookable_from", expected: "an instant with its offset such as 2027-01-20T09:00:00+01:00"
        ) { Instant(rfc3339: $0) }
        let notice = row.optionalInteger("minimum_notice_minutes", in: EventTypeLimits.notice)
        let status = row.optionalValue("status", expected: "draft or scheduled") { text in
            GroupSessionStatus(rawValue: text).flatMap { [.draft, .scheduled].contains($0) ? $0 : nil }
        }
        guard let title, row.problems.isEmpty else { return nil }
        return ImportedSession(
            externalID: externalID, eventType: eventType, kind: kind ?? .session, title: title,
            description: description, parts: parts, hosts: hosts, resources: resources, capacity: capacity,
            price: price,
            zone: zone, bookableFrom: bookableFrom, noticeMinutes: notice, isScheduled: status == .scheduled)
    }

    private static func price(_ row: inout CSVRow) -> Money? {
        let amount = row.optionalInteger("price_amount", in: EventTypeLimits.price)
        let currency = row.optionalLine("price_currency")
        guard let amount, let currency else {
            if amount != nil || currency != nil {
                row.refuse("price_amount", "amount and currency belong together; leave both empty for the usual price")
            }
            return nil
        }
        do {
            return try Money(amount: amount, currency: currency)
        } catch {
            row.refuse("price_currency", "expected a currency of ISO 4217 such as EUR")
            return nil
        }
    }
}

extension CSVRow {
    /// Times as `2027-01-20T18:00:00+01:00/2027-01-20T20:00:00+01:00`, several with spaces, in order and apart.
    fileprivate mutating func parts(_ column: String) -> [GroupSessionRow.Part] {
        var parts: [GroupSessionRow.Part] = []
        for word in self.list(column) {
            let ends = word.split(separator: "/", omittingEmptySubsequences: false).map { Instant(rfc3339: String($0)) }
            guard ends.count == 2, let start = ends[0], let end = ends[1] else {
                self.refuse(column, "expected times as start/end, instants with their offset, several with spaces")
                return []
            }
            parts.append(GroupSessionRow.Part(start: start, end: end))
        }
        guard GroupSessionLimits.parts.contains(parts.count) else {
            self.refuse(column, "must have 1 to \(GroupSessionLimits.parts.upperBound) times")
            return []
        }
        for fault in GroupSessionDraft.faults(of: parts) { self.refuse(column, fault.detail) }
        return parts
    }
}
