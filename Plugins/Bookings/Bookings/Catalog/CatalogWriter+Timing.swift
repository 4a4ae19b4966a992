internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension CatalogWriter {
    /// Stores where the starts of an event type may fall, how much of it may be booked and where it takes place, as far
    /// as the draft says so.
    func storeTiming(of id: ID<EventType>, _ draft: EventTypeDraft, _ call: Call, in tx: Transaction) throws {
        if let placement = draft.placement {
            try tx.post(
                """
                UPDATE \(BookingsSchema.eventType)
                SET bookable_from = \(placement.bookableFrom), bookable_to = \(placement.bookableTo),
                    start_offset_minutes = \(placement.startOffsetMinutes),
                    minimum_gap_minutes = \(placement.minimumGapMinutes), packing = \(placement.packing)
                WHERE organization_id = \(call.organization) AND id = \(id)
                """)
        }
        if let place = draft.place { try StoredLocations.store(place.terms, of: id, call, in: tx) }
        if let limits = draft.limits { try BookingLimitRow.store(limits, of: id, call, in: tx) }
    }
}

extension EventTypeDraft {
    /// What is wrong with where starts may fall and with the limits.
    var timingFaults: [Refusal.Field] {
        var fields = BookingLimitValue.faults(of: self.limits ?? [], at: "/limits")
        guard let placement = self.placement else { return fields }
        if let from = placement.bookableFrom, let to = placement.bookableTo, to < from {
            fields.append(
                .init("/bookableTo", "end_before_start", "`bookableTo` is before `bookableFrom`: swap the two dates"))
        }
        let interval = self.slotIntervalMinutes ?? self.durationMinutes
        if placement.startOffsetMinutes >= interval {
            fields.append(
                .init(
                    "/startOffsetMinutes", "offset_too_long",
                    "the offset moves the grid of starts and must be less than the \(interval) minutes between two"))
        }
        return fields
    }
}

extension CatalogChanges {
    /// What has become of where starts may fall and of the limits.
    static func compareTiming(
        _ before: EventTypeEntry, _ after: EventTypeEntry, in changes: inout AuditChanges
    ) throws {
        let (old, new) = (before.terms.placement, after.terms.placement)
        try changes.compare("bookableFrom", old.bookableFrom, new.bookableFrom)
        try changes.compare("bookableTo", old.bookableTo, new.bookableTo)
        try changes.compare("startOffsetMinutes", old.startOffsetMinutes, new.startOffsetMinutes)
        try changes.compare("minimumGapMinutes", old.minimumGapMinutes, new.minimumGapMinutes)
        try changes.compare("packing", old.packing, new.packing)
        try changes.compare(
            "limits", before.limits.map { BookingLimitValue($0) }, after.limits.map { BookingLimitValue($0) })
    }
}
