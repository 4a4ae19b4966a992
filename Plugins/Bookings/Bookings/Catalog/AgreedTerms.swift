internal import AlmanacStorage

/// The terms of an event type: what a booking freezes when it is made.
struct AgreedTerms: Sendable, Hashable {
    var durationMinutes: Int
    var bufferBeforeMinutes: Int
    var bufferAfterMinutes: Int
    var minimumNoticeMinutes: Int
    var bookingWindowDays: Int
    var slotIntervalMinutes: Int

    /// The terms as the engine wants them.
    func engineTerms(_ settings: Bookings.Settings) -> EventTypeTerms {
        EventTypeTerms(
            durationMinutes: self.durationMinutes, bufferBeforeMinutes: self.bufferBeforeMinutes,
            bufferAfterMinutes: self.bufferAfterMinutes, slotIntervalMinutes: self.slotIntervalMinutes,
            minimumNoticeMinutes: self.minimumNoticeMinutes, bookingWindow: .rolling(days: self.bookingWindowDays),
            grid: settings.grid, bufferSharing: settings.bufferSharing)
    }

    /// What was agreed about the length of an appointment, under the rules for booking that hold now.
    func rebooked(under current: AgreedTerms?) -> AgreedTerms {
        guard let current else { return self }
        var terms = self
        terms.minimumNoticeMinutes = current.minimumNoticeMinutes
        terms.bookingWindowDays = current.bookingWindowDays
        terms.slotIntervalMinutes = current.slotIntervalMinutes
        return terms
    }
}

extension AgreedTerms: ColumnValue {
    /// The form in which bookings keep their terms for ever.
    var json: JSON {
        [
            "durationMinutes": .number(JSONNumber(self.durationMinutes)),
            "bufferBeforeMinutes": .number(JSONNumber(self.bufferBeforeMinutes)),
            "bufferAfterMinutes": .number(JSONNumber(self.bufferAfterMinutes)),
            "minimumNoticeMinutes": .number(JSONNumber(self.minimumNoticeMinutes)),
            "bookingWindowDays": .number(JSONNumber(self.bookingWindowDays)),
            "slotIntervalMinutes": .number(JSONNumber(self.slotIntervalMinutes)),
        ]
    }

    var sqlValue: SQLValue { self.json.sqlValue }

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
            slotIntervalMinutes: try minutes("slotIntervalMinutes"))
    }
}
