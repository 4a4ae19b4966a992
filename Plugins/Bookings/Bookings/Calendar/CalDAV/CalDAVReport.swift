internal import AlmanacKernel
internal import AlmanacStorage

/// Asks a CalDAV server for the events of a stretch of time (`calendar-query`, RFC 4791 §7.8).
enum CalDAVReport {
    /// The request for the events of a calendar.
    static func request(
        _ address: WebAddress, credentials: WebRequest.Credentials?, from lower: Instant, to upper: Instant,
        largestAnswer: Int
    ) -> WebRequest {
        let (start, end) = (CalendarObject.instant(lower), CalendarObject.instant(upper))
        let body = """
            <?xml version="1.0" encoding="utf-8"?>
            <C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
            <D:prop><C:calendar-data/></D:prop>
            <C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
            <C:time-range start="\(start)" end="\(end)"/>
            </C:comp-filter></C:comp-filter></C:filter>
            </C:calendar-query>
            """
        return WebRequest(
            .report, address, credentials: credentials,
            headers: [("content-type", "application/xml; charset=utf-8"), ("depth", "1")], body: Array(body.utf8),
            largestAnswer: largestAnswer)
    }

    /// The calendars that an answer holds (RFC 4918 §13), one for each event with its changes.
    ///
    /// - Throws: ``CalendarFault`` `notCalendar` when the answer is none of this kind, `cutOff` when the server says that
    ///   it has left something out (507, RFC 4791 §7.8).
    static func calendars(of answer: [UInt8]) throws(CalendarFault) -> [[UInt8]] {
        do {
            return try Self.read(answer)
        } catch let fault as CalendarFault {
            throw fault
        } catch {
            throw .notCalendar
        }
    }

    private static func read(_ answer: [UInt8]) throws -> [[UInt8]] {
        var events = XMLEvents(answer)
        guard case .begin("multistatus")? = try events.next() else { throw CalendarFault.notCalendar }
        var calendars: [[UInt8]] = []
        /// The element whose text is wanted, with what has been read of it.
        var reading: (name: String, text: [UInt8])?
        while let event = try events.next() {
            switch event {
            case .begin(let name) where name == "calendar-data" || name == "status": reading = (name, [])
            case .begin: break
            case .text(let text): reading?.text.append(contentsOf: text)
            case .end(let name):
                guard let read = reading, read.name == name else { continue }
                reading = nil
                if name == "calendar-data" {
                    if read.text.contains(where: { $0 > 0x20 }) { calendars.append(read.text) }
                } else if read.text.split(separator: 0x20).dropFirst().first.map(Array.init) == Array("507".utf8) {
                    throw CalendarFault.cutOff
                }
            }
        }
        return calendars
    }
}
