internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A session that is to be made or replaced.
struct GroupSessionDraft: Sendable {
    var kind: GroupSessionKind
    var title: LocalizedText
    var description: LocalizedText?
    var parts: [GroupSessionRow.Part]
    /// Who gives it, the lead first.
    var hosts: [ID<Provider>]
    var resources: [GroupSessionResourceValue]
    var capacity: Int
    /// What one seat costs; `nil` is as the event type has it.
    var price: Money?
    /// `nil` is the organization's.
    var zone: Zone?
    var bookableFrom: Instant?
    var noticeMinutes: Int?

    /// What is wrong with times, whatever the catalog says.
    static func faults(of parts: [GroupSessionRow.Part]) -> [Refusal.Field] {
        var faults: [Refusal.Field] = []
        for (index, part) in parts.enumerated() {
            let length = part.end.microseconds(since: part.start)
            if length <= 0 {
                faults.append(.init("/parts/\(index)/end", "end_not_after_start", "the end must be after the start"))
            } else if length % TimeSpan.minute != 0 {
                faults.append(
                    .init("/parts/\(index)/end", "whole_minutes", "choose an end whole minutes after the start"))
            } else if !GroupSessionLimits.partMinutes.contains(part.minutes) {
                faults.append(.init("/parts/\(index)/end", "too_long", "31 days at most: split it into parts"))
            }
            if index > 0, part.start < parts[index - 1].end {
                faults.append(
                    .init("/parts/\(index)/start", "parts_overlap", "parts come in order, each after the one before"))
            }
        }
        if let first = parts.first, let last = parts.last,
            last.end.microseconds(since: first.start) > Int64(GroupSessionLimits.mostDays) * TimeSpan.day
        {
            faults.append(
                .init("/parts", "too_long", "at most \(GroupSessionLimits.mostDays) days from the first to the last"))
        }
        return faults
    }

    /// The session that it describes.
    ///
    /// - Parameters:
    ///   - row: The session as it is, or as it begins.
    ///   - eventType: Its event type.
    ///   - catalog: Where hosts and resources are looked for.
    /// - Returns: The session with everything that the draft says.
    /// - Throws: ``Refusal`` with everything that is wrong, each at its place.
    func applied(
        to row: GroupSessionRow, of eventType: EventTypeEntry, in catalog: Catalog
    ) throws -> GroupSessionRow {
        var faults = Self.faults(of: self.parts)
        var resources: [BookedResource] = []
        var seen: Set<ID<Resource>> = []
        for (index, host) in self.hosts.enumerated() {
            guard let provider = catalog.provider(host) else {
                faults.append(.init("/hosts/\(index)", "unknown_provider", "there is no such provider"))
                continue
            }
            if !seen.insert(provider.resource).inserted {
                faults.append(.init("/hosts/\(index)", "duplicate", "each provider may come once only"))
            }
            resources.append(
                BookedResource(
                    role: .host, resource: provider.resource, provider: provider.id, person: provider.person,
                    kind: .person, name: provider.name, units: 1))
        }
        for (index, wanted) in self.resources.enumerated() {
            guard let resource = catalog.resource(wanted.resource) else {
                faults.append(.init("/resources/\(index)/resource", "unknown_resource", "there is no such resource"))
                continue
            }
            if !seen.insert(resource.id).inserted {
                faults.append(.init("/resources/\(index)/resource", "duplicate", "each resource may come once only"))
            }
            if wanted.units > resource.capacity {
                faults.append(
                    .init("/resources/\(index)/units", "over_capacity", "it has \(resource.capacity) units in all"))
            }
            resources.append(
                BookedResource(
                    role: .requirement, resource: resource.id, provider: nil, person: nil, kind: resource.kind,
                    name: resource.name, units: wanted.units))
        }
        guard faults.isEmpty, let first = self.parts.first, let last = self.parts.last else {
            throw Refusal(.invalid, "invalid_session", "the session cannot be stored as it stands", fields: faults)
        }
        var row = row
        row.kind = self.kind
        row.title = self.title
        row.description = self.description
        row.parts = self.parts
        row.start = first.start
        row.end = last.end
        row.resources = resources
        row.zone = self.zone ?? catalog.organization.zone
        row.capacity = self.capacity
        row.price = self.price ?? eventType.price
        row.bookableFrom = self.bookableFrom
        row.noticeMinutes = self.noticeMinutes
        return row
    }
}
