internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation

/// An instant as people of a language write what calendar and clock on a wall show.
struct LocalMoment {
    /// The date with its weekday: `Tuesday, March 3, 2026`.
    let date: String
    /// The time: `10:00 AM`.
    let time: String
    /// Both.
    let dateAndTime: String

    /// - Parameters:
    ///   - instant: The instant.
    ///   - zone: Where the wall is.
    ///   - locale: The language, as a BCP 47 tag.
    init(_ instant: Instant, in zone: Zone, locale: String) {
        let (date, second) = zone.local(at: instant)
        // Foundation has zone data of its own, older than the system's: it is given the local time as if it were UTC.
        let shown = Date(timeIntervalSince1970: Double(date.daysSinceEpoch) * 86_400 + Double(second))
        func text(_ dateStyle: Date.FormatStyle.DateStyle, _ timeStyle: Date.FormatStyle.TimeStyle) -> String {
            let style = Date.FormatStyle(
                date: dateStyle, time: timeStyle, locale: Locale(identifier: locale), timeZone: .gmt)
            return style.format(shown)
        }
        self.date = text(.complete, .omitted)
        self.time = text(.omitted, .shortened)
        self.dateAndTime = text(.complete, .shortened)
    }
}
