internal import AlmanacStorage

/// A table as comma-separated values (RFC 4180), in the form that imports read.
struct CSVText {
    private(set) var text: String

    /// Begins a table with the names of its columns.
    init(_ columns: [String]) {
        self.text = ""
        self.append(columns)
    }

    /// Adds a row with as many values as there are columns.
    mutating func append(_ values: [String]) {
        self.text += values.map(Self.quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ value: String) -> String {
        let needsQuotes = value.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
        guard needsQuotes else { return value }
        var quoted = "\""
        for scalar in value.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
