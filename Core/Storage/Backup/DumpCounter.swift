internal import Foundation

/// Counts the rows in what `pg_restore` prints: each stands on a line of its own between `COPY … FROM stdin;` and `\.`.
struct DumpCounter {
    /// How many rows each table has, by `room.table`.
    private(set) var rows: [String: Int] = [:]

    /// A line's beginning is enough to know what it is.
    private static let enough = 200

    private var table: String?
    private var head: [UInt8] = []

    /// Takes the next piece.
    mutating func read(_ piece: Data) {
        var rest = piece[...]
        while let end = rest.firstIndex(of: 0x0A) {
            self.begin(rest[..<end])
            self.finishLine()
            rest = rest[rest.index(after: end)...]
        }
        self.begin(rest)
    }

    private mutating func begin(_ part: Data.SubSequence) {
        self.head += part.prefix(max(0, Self.enough - self.head.count))
    }

    private mutating func finishLine() {
        defer { self.head.removeAll(keepingCapacity: true) }
        if let table = self.table {
            if self.head.elementsEqual("\\.".utf8) { self.table = nil } else { self.rows[table, default: 0] += 1 }
        } else if self.head.starts(with: "COPY ".utf8) {
            let name = self.head.dropFirst(5).prefix { $0 != UInt8(ascii: " ") }.filter { $0 != UInt8(ascii: "\"") }
            let table = String(decoding: name, as: UTF8.self)
            self.table = table
            self.rows[table, default: 0] += 0
        }
    }
}
