internal import AlmanacStorage

/// The terms of an event type: what a booking freezes when it is made.
struct AgreedTerms: Sendable, Hashable {
    var durationMinutes: Int
    var bufferBeforeMinutes: Int
    var bufferAfterMinutes: Int
    var minimumNoticeMinutes: Int
    var bookingWindowDays: Int
    var slotIntervalMinutes: Int
    /// Where starts may fall beyond that.
    var placement = PlacementTerms()

    /// The terms as the engine wants them.
    func engineTerms(_ settings: Bookings.Settings) -> EventTypeTerms {
        EventTypeTerms(
            durationMinutes: self.durationMinutes, bufferBeforeMinutes: self.bufferBeforeMinutes,
            bufferAfterMinutes: self.bufferAfterMinutes, slotIntervalMinutes: self.slotIntervalMinutes,
            minimumNoticeMinutes: self.minimumNoticeMinutes,
            bookingWindow: self.placement.window(rolling: self.bookingWindowDays), grid: settings.grid,
            bufferSharing: settings.bufferSharing, startOffsetMinutes: self.placement.startOffsetMinutes,
            minimumGapMinutes: self.placement.minimumGapMinutes, packing: self.placement.packing)
    }

    /// The time that an appointment under these terms takes, buffers included.
    func span(from start: Instant, to end: Instant, expiresAt: Instant?) -> ClaimSpan {
        ClaimSpan(
            start: start, end: end, paddedStart: start.adding(minutes: -Int64(self.bufferBeforeMinutes)),
            paddedEnd: end.adding(minutes: Int64(self.bufferAfterMinutes)), expiresAt: expiresAt)
    }

    /// What was agreed about the length of an appointment, under the rules for booking that hold now.
    func rebooked(under current: AgreedTerms?) -> AgreedTerms {
        guard let current else { return self }
        var terms = self
        terms.minimumNoticeMinutes = current.minimumNoticeMinutes
        terms.bookingWindowDays = current.bookingWindowDays
        terms.slotIntervalMinutes = current.slotIntervalMinutes
        terms.placement = current.placement
        return terms
    }
}

extension AgreedTerms: JSONStreamable {
    /// Writes the form in which bookings keep their terms for ever.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("durationMinutes", self.durationMinutes)
            writer.member("bufferBeforeMinutes", self.bufferBeforeMinutes)
            writer.member("bufferAfterMinutes", self.bufferAfterMinutes)
            writer.member("minimumNoticeMinutes", self.minimumNoticeMinutes)
            writer.member("bookingWindowDays", self.bookingWindowDays)
            writer.member("slotIntervalMinutes", self.slotIntervalMinutes)
            if !self.placement.isUsual { writer.member("placement", self.placement) }
        }
    }
}

extension AgreedTerms: ColumnValue {
    var sqlValue: SQLValue { .json(self) }

    init(column row: inout RowReader) throws {
        let json = try JSON(column: &row)
        func minutes(_ name: String) throws -> Int {
            guard let value = json[name]?.int else { throw RowError("the terms of a booking lack \(name)") }
            return value
        }
        self.init(
            durationMinutes: try minutes("durationMinutes"), bufferBeforeMinutes: try minutes("bufferBeforeMinutes"),
            bufferAfterMinutes: try minutes("bufferAfterMinutes"),
            minimumNoticeMinutes: try minutes("minimumNoticeMinutes"),
            bookingWindowDays: try minutes("bookingWindowDays"),
            slotIntervalMinutes: try minutes("slotIntervalMinutes"), placement: try PlacementTerms(json["placement"]))
    }
}
