internal import AlmanacStorage

/// A half-open stretch of the time line, in microseconds since the epoch, as the engine counts.
///
/// Everything that enters the engine passes ``bounded(_:)`` first, so that sums with the longest duration and the
/// longest buffers stay far from overflow and no arithmetic in here needs a check.
struct TimeSpan: Sendable, Hashable {
    /// The first microsecond inside.
    var start: Int64
    /// The first microsecond after.
    var end: Int64

    /// Microseconds in a minute.
    static let minute: Int64 = 60_000_000
    /// Microseconds in a day of 24 hours.
    static let day: Int64 = 86_400_000_000
    /// The longest duration, buffer, notice or interval the engine counts with, in minutes: 366 days.
    static let longestMinutes = 527_040

    var isEmpty: Bool { self.start >= self.end }

    func contains(_ instant: Int64) -> Bool { self.start <= instant && instant < self.end }

    /// The microseconds of an instant, brought into the years 0001 to 9999.
    static func bounded(_ instant: Instant) -> Int64 {
        min(max(instant.microseconds, Instant.distantPast.microseconds), Instant.distantFuture.microseconds)
    }

    /// A number of minutes in microseconds, brought into 0…``longestMinutes``.
    static func bounded(minutes: Int) -> Int64 {
        Int64(min(max(minutes, 0), Self.longestMinutes)) * Self.minute
    }

    /// The UTC day that holds an instant, as days since 1970-01-01.
    static func utcDay(_ instant: Int64) -> Int {
        let quotient = instant / Self.day
        return Int(quotient * Self.day > instant ? quotient - 1 : quotient)
    }

    /// Sorts spans and joins those that overlap or touch.
    static func join(_ spans: inout [Self]) {
        guard spans.count > 1 else { return }
        spans.sort { $0.start < $1.start }
        var kept = 0
        for index in 1..<spans.count {
            if spans[index].start <= spans[kept].end {
                spans[kept].end = max(spans[kept].end, spans[index].end)
            } else {
                kept += 1
                spans[kept] = spans[index]
            }
        }
        spans.removeSubrange((kept + 1)...)
    }
}
