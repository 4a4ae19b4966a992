/// A stretch of time (RFC 5545 §3.3.9): `start/end` or `start/length`.
struct CalendarPeriod: Hashable {
    enum End: Hashable {
        case at(CalendarValue)
        case after(CalendarLength)
    }

    let start: CalendarValue
    let end: End

    init?(_ text: ArraySlice<UInt8>) {
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")), let start = CalendarValue(text[..<slash]) else {
            return nil
        }
        let rest = text[(slash + 1)...]
        self.start = start
        if let end = CalendarValue(rest) {
            self.end = .at(end)
        } else if let length = CalendarLength(rest) {
            self.end = .after(length)
        } else {
            return nil
        }
    }
}
