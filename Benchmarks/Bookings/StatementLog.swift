internal import AlmanacStorage
internal import AlmanacTestKit
internal import Foundation

/// Statements read from a PostgreSQL server's log, where `log_statement = all` puts them.
enum StatementLog {
    /// Begins each entry, with the session behind it; the rest of an entry's lines begin with a tab.
    static let mark = "@almanac "

    /// The transactions in the order in which they began, each with its statements and their parameters.
    ///
    /// Sessions work beside each other, so their lines are mixed: each line says whose it is.
    static func transactions(in log: [UInt8]) -> [[CapturedStatement<String>]] {
        var found: [[CapturedStatement<String>]] = []
        /// The transaction that a session has begun, or is in.
        var current: [Substring: Int] = [:]
        for entry in Self.entries(String(decoding: log, as: UTF8.self)) {
            if let text = Self.statement(in: entry.text) {
                if text.hasPrefix("BEGIN") {
                    current[entry.session] = found.count
                    found.append([])
                }
                // What stands before is the end of a transaction that began before the log did.
                guard let index = current[entry.session] else { continue }
                found[index].append(CapturedStatement(source: text, text: text, values: []))
            } else if let list = Self.text(after: "DETAIL:  parameters: ", in: entry.text),
                let index = current[entry.session], let last = found[index].popLast()
            {
                found[index].append(
                    CapturedStatement(source: last.source, text: last.text, values: Self.parameters(String(list))))
            }
        }
        return found
    }

    private static func statement(in entry: String) -> String? {
        if let statement = Self.text(after: "LOG:  execute ", in: entry), let colon = statement.range(of: ": ") {
            return String(statement[colon.upperBound...])
        }
        return Self.text(after: "LOG:  statement: ", in: entry).map(String.init)
    }

    private static func entries(_ log: String) -> [(session: Substring, text: String)] {
        var entries: [(session: Substring, text: String)] = []
        for line in log.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(Self.mark) {
                let parts = line.dropFirst(Self.mark.count).split(separator: " ", maxSplits: 1)
                guard parts.count == 2 else { continue }
                entries.append((parts[0], String(parts[1])))
            } else if line.hasPrefix("\t"), !entries.isEmpty {
                entries[entries.count - 1].text += "\n" + line.dropFirst()
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
