internal import AlmanacStorage

/// A date or a time as it stands in a property (RFC 5545 §3.3.4, §3.3.5), before it is known which zone it means.
enum CalendarValue: Hashable {
    /// A whole day.
    case date(LocalDate)
    /// A time on the wall of whatever zone.
    case local(LocalDateTime)
    /// An instant.
    case utc(Instant)

    /// Reads a value; a date counts as such whatever `VALUE` says, as other programs have it.
    init?(_ text: ArraySlice<UInt8>) {
        if let date = LocalDate(basic: text) {
            self = .date(date)
        } else if let local = LocalDateTime(basic: text) {
            self = .local(local)
        } else if let last = text.last, last | 0x20 == UInt8(ascii: "z"),
            let local = LocalDateTime(basic: text.dropLast())
        {
            self = .utc(Instant(seconds: Int64(local.localSeconds)))
        } else {
            return nil
        }
    }
}
