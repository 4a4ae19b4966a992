/// What an endpoint answers that gives a whole document rather than JSON, see ``Endpoint/document(_:_:as:_:)``.
public struct Document: Sendable {
    /// What sort of document it is.
    public enum Form: Sendable, Equatable {
        /// An iCalendar object (RFC 5545), `text/calendar` in UTF-8.
        case calendar
        /// Comma-separated values with a header (RFC 4180), `text/csv` in UTF-8.
        case csv
    }

    /// The document.
    public let bytes: [UInt8]
    /// Under which name programs that keep it as a file do so: letters, digits, points and hyphens of ASCII.
    public let fileName: String

    /// Describes a document.
    public init(_ text: String, fileName: String) {
        self.bytes = Array(text.utf8)
        self.fileName = fileName
    }
}

extension Document.Form {
    /// The halves of the media type.
    var types: (type: String, subtype: String) {
        switch self {
        case .calendar: ("text", "calendar")
        case .csv: ("text", "csv")
        }
    }
}
