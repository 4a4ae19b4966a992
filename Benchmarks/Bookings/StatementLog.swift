internal import AlmanacStorage
internal import AlmanacTestKit
internal import Foundation

/// Statements read from a PostgreSQL server's log, where `log_statement = all` puts them.
enum StatementLog {
    /// Begins each entry; the rest of an entry's lines begin with a tab.
    static let mark = "@almanac "

    /// The statements in the order in which they were executed, with their parameters.
    static func statements(in log: [UInt8]) -> [CapturedStatement<String>] {
        var found: [CapturedStatement<String>] = []
        for entry in Self.entries(String(decoding: log, as: UTF8.self)) {
            if let statement = Self.text(after: "LOG:  execute ", in: entry), let colon = statement.range(of: ": ") {
                let text = String(statement[colon.upperBound...])
                found.append(CapturedStatement(source: text, text: text, values: []))
            } else if let text = Self.text(after: "LOG:  statement: ", in: entry).map(String.init) {
                found.append(CapturedStatement(source: text, text: text, values: []))
            } else if let list = Self.text(after: "DETAIL:  parameters: ", in: entry), let last = found.popLast() {
                found.append(
                    CapturedStatement(source: last.source, text: last.text, values: Self.parameters(String(list))))
            }
        }
        return found
    }

    private static func entries(_ log: String) -> [String] {
        var entries: [String] = []
        for line in log.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(Self.mark) {
                entries.append(String(line.dropFirst(Self.mark.count)))
            } else if line.hasPrefix("\t"), !entries.isEmpty {
                entries[entries.count - 1] += "\n" + line.dropFirst()
            }
        }
        return entries
    }

    private static func text(after prefix: String, in entry: String) -> Substring? {
        entry.hasPrefix(prefix) ? entry.dropFirst(prefix.count) : nil
    }

    /// Reads `$1 = 'text', $2 = NULL`; quotes within are doubled.
    static func parameters(_ list: String) -> [SQLValue] {
        var values: [SQLValue] = []
        var rest = list[...]
        while let equals = rest.range(of: " = ") {
            rest = rest[equals.upperBound...]
            guard rest.first == "'" else {
                values.append(.null)
                rest = rest.drop { $0 != "," }
                continue
            }
            var text = ""
            rest.removeFirst()
            while let quote = rest.firstIndex(of: "'") {
                text += rest[..<quote]
                rest = rest[rest.index(after: quote)...]
                guard rest.first == "'" else { break }
                text += "'"
                rest.removeFirst()
            }
            values.append(Self.value(text))
        }
        return values
    }

    /// The value that a parameter's text most likely stands for.
    private static func value(_ text: String) -> SQLValue {
        if text.utf8.count == 36, let id = ID<CapturedBooking<String>>(text) { return id.sqlValue }
        return Int64(text).map { .integer($0) } ?? .text(text)
    }
}
