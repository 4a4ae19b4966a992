internal import AlmanacKernel

/// What a change of the catalog tells the audit log.
enum CatalogChanges {
    /// What has become of an event type.
    static func of(_ before: EventTypeEntry, _ after: EventTypeEntry) throws -> AuditChanges {
        var changes = AuditChanges()
        try changes.compare("slug", before.slug, after.slug)
        try changes.compare("name", before.name, after.name)
        try changes.compare("price", before.price, after.price)
        let (old, new) = (before.terms, after.terms)
        try changes.compare("durationMinutes", old.durationMinutes, new.durationMinutes)
        try changes.compare("bufferBeforeMinutes", old.bufferBeforeMinutes, new.bufferBeforeMinutes)
        try changes.compare("bufferAfterMinutes", old.bufferAfterMinutes, new.bufferAfterMinutes)
        try changes.compare("minimumNoticeMinutes", old.minimumNoticeMinutes, new.minimumNoticeMinutes)
        try changes.compare("bookingWindowDays", old.bookingWindowDays, new.bookingWindowDays)
        try changes.compare("slotIntervalMinutes", old.slotIntervalMinutes, new.slotIntervalMinutes)
        try changes.compare("providers", before.providers, after.providers)
        try changes.compare("approvalMinutes", before.rules.approvalMinutes, after.rules.approvalMinutes)
        try changes.compare("allowsGuests", before.rules.allowsGuests, after.rules.allowsGuests)
        try changes.compare("policies", before.rules.policies, after.rules.policies)
        try changes.compare("seriesOccurrences", before.rules.seriesOccurrences, after.rules.seriesOccurrences)
        try Self.compareTiming(before, after, in: &changes)
        try changes.compare("capacity", before.assignment.capacity, after.assignment.capacity)
        try changes.compare(
            "place", before.place.map { PlaceValue($0, isForStaff: false) },
            after.place.map { PlaceValue($0, isForStaff: false) })
        try changes.compare(
            "hosting", HostingValue(before.assignment, of: before.providers),
            HostingValue(after.assignment, of: after.providers))
        try changes.compare(
            "requirements", before.assignment.requirements.map { RequirementValue($0) },
            after.assignment.requirements.map { RequirementValue($0) })
        return changes
    }

    /// What has become of a provider, who is a person: what they are called and say about themselves is theirs.
    static func of(_ before: ProviderEntry, _ after: ProviderEntry) throws -> AuditChanges {
        var changes = AuditChanges()
        try changes.compare("name", before.name, after.name, as: .personal)
        try changes.compare("bio", before.bio, after.bio, as: .personal)
        try changes.compare("timeZone", before.zone, after.zone)
        return changes
    }
}
