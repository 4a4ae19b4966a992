internal import AlmanacKernel

extension Attendee {
    /// Writes the attendee as a line of a calendar entry (RFC 5545 §3.8.4.1); nothing of one without an address.
    func write(to object: inout CalendarObject) {
        guard let email = self.email else { return }
        let name = Self.parameter(self.name)
        object.line(
            "ATTENDEE;CN=\"\(name)\";ROLE=REQ-PARTICIPANT;PARTSTAT=\(self.status.participation)", "mailto:\(email)")
    }

    /// A text inside the quotes of a parameter, where some characters stand for themselves only behind a circumflex
    /// (RFC 6868) and control characters not at all.
    private static func parameter(_ text: String) -> String {
        var written = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": written += "^'"
            case "^": written += "^^"
            case "\n": written += "^n"
            default: if scalar.properties.generalCategory != .control { written.unicodeScalars.append(scalar) }
            }
        }
        return written
    }
}
