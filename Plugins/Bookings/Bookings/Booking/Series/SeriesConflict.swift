internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A time of a series that cannot be booked, and what could be instead.
struct SeriesConflict: Codable, Sendable {
    /// A free start near to it.
    struct Alternative: Codable, Sendable {
        let start: Instant
        let end: Instant
        /// The start on the clock of the series, as `added` takes it.
        let localStart: LocalDateTime
        /// Who comes first of those who are free.
        let provider: ID<Provider>
    }

    /// The wall time.
    let occurrence: LocalDateTime
    /// When that is.
    let start: Instant
    /// The booking that is meant, where one is there already.
    let booking: ID<Booking>?
    /// Why, for programs: the codes of the problems of `POST /bookings`.
    let code: String
    /// Why, for people.
    let detail: String
    /// The nearest free starts of its date, or else of its week.
    let alternatives: [Alternative]

    init(
        _ occurrence: LocalDateTime, at start: Instant, booking: ID<Booking>? = nil, because refusal: Refusal,
        alternatives: [Alternative] = []
    ) {
        self.occurrence = occurrence
        self.start = start
        self.booking = booking
        self.code = refusal.code
        self.detail = refusal.message
        self.alternatives = alternatives
    }
}

extension SeriesConflict: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("occurrence", self.occurrence)
            writer.member("start", self.start)
            writer.member("booking", ifPresent: self.booking)
            writer.member("code", self.code)
            writer.member("detail", self.detail)
            writer.member("alternatives", self.alternatives)
        }
    }

    /// The conflict in the details of a problem.
    var json: JSON {
        var members: JSONObject = [
            "occurrence": .string(self.occurrence.description), "start": .string(self.start.rfc3339),
            "code": .string(self.code), "detail": .string(self.detail),
            "alternatives": .array(self.alternatives.map(\.json)),
        ]
        if let booking = self.booking { members["booking"] = .string(booking.description) }
        return .object(members)
    }
}

extension SeriesConflict.Alternative: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("start", self.start)
            writer.member("end", self.end)
            writer.member("localStart", self.localStart)
            writer.member("provider", self.provider)
        }
    }

    fileprivate var json: JSON {
        [
            "start": .string(self.start.rfc3339), "end": .string(self.end.rfc3339),
            "localStart": .string(self.localStart.description), "provider": .string(self.provider.description),
        ]
    }
}

extension Refusal {
    /// Not all of a series is possible, and nothing of it was done.
    static func seriesConflict(_ conflicts: [SeriesConflict], of count: Int) -> Refusal {
        Refusal(
            .conflict, "series_conflict",
            "\(conflicts.count) of \(count) times cannot be had, so that nothing was done: choose others for them, or "
                + "send `mode` as free to do the rest",
            details: ["conflicts": .array(conflicts.map(\.json))])
    }
}
