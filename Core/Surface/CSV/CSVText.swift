/// Writes a CSV file (RFC 4180) as ``CSVTable`` reads it.
public struct CSVText: Sendable {
    /// What was written so far.
    public private(set) var text = ""

    /// A file with these columns.
    public init(_ header: [String]) {
        self.row(header)
    }

    /// Writes a row.
    public mutating func row(_ fields: [String]) {
        self.text += fields.map(Self.field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else { return text }
        return "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }
}
