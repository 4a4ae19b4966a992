import AlmanacKernel
import AlmanacStorage

/// Calendars of others, as they stand in tests.
enum CalendarSample {
    static let from = Instant(rfc3339: "2026-03-01T00:00:00Z") ?? .distantPast
    static let to = Instant(rfc3339: "2026-06-01T00:00:00Z") ?? .distantPast

    /// A calendar of these components, with CR LF at the end of each line.
    static func calendar(_ content: String, zones: String = "") -> [UInt8] {
        let text = """
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//Test//EN
            \(zones.isEmpty ? "" : zones + "\n")\(content)
            END:VCALENDAR

            """
        return Array(text.split(separator: "\n", omittingEmptySubsequences: true).joined(separator: "\r\n").utf8)
    }

    /// An event of these properties.
    static func event(_ properties: String) -> [UInt8] {
        Self.calendar("BEGIN:VEVENT\nUID:a@example.org\nDTSTAMP:20260101T000000Z\n\(properties)\nEND:VEVENT")
    }

    /// What a calendar says about March to May 2026 to somebody in Berlin, as `KEY START/END`.
    static func busy(
        _ text: [UInt8], in zone: String = "Europe/Berlin", from: Instant = Self.from, to: Instant = Self.to
    ) throws -> [String] {
        try CalendarFile(text).reading(from: from, to: to, in: Zone(zone)).busy.map {
            "\($0.key) \(CalendarObject.instant($0.start))/\(CalendarObject.instant($0.end))"
        }
    }

    /// The same for an event of these properties, without keys.
    static func times(of properties: String, in zone: String = "Europe/Berlin") throws -> [String] {
        try Self.busy(Self.event(properties), in: zone).map { String($0.split(separator: " ")[1]) }
    }

    /// How many events could not be understood.
    static func unreadable(_ text: [UInt8]) throws -> Int {
        try CalendarFile(text).reading(from: Self.from, to: Self.to, in: .utc).unreadable
    }
}
