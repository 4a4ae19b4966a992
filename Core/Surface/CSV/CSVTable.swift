/// A CSV file, split into rows and matched with the columns that an importer reads.
///
/// The grammar is that of RFC 4180, strictly: fields are quoted or bare, quotes inside a quoted field are doubled,
/// every row has as many fields as the header. The text is UTF-8, with or without a byte order mark; lines end with
/// CRLF or LF; the delimiter is the comma, or the semicolon if the header has semicolons and no comma. Columns may
/// stand in any order. Nothing stops at the first error: all are collected, each with file, line and column.
///
/// ```swift
/// var problems = CSVProblems()
/// let table = CSVTable(parsing: bytes, file: "rooms.csv", columns: [.required("name"), .optional("seats")])
/// let rooms = table.decode(collecting: &problems) { row in
///     Room(name: row.text("name"), seats: row.optionalInteger("seats", in: 1...500) ?? 1)
/// }
/// guard problems.isEmpty else { throw problems }
/// ```
public struct CSVTable: Sendable {
    /// The file as the caller named it.
    public let file: String
    /// The rows that could be split, in the order of the file; empty if the header is wrong.
    public let rows: [CSVRow]
    /// What is wrong with the file before any value is looked at; ``decode(collecting:_:)`` passes it on.
    public let problems: CSVProblems

    /// Splits a file.
    ///
    /// - Parameters:
    ///   - bytes: The content of the file; the caller bounds its size.
    ///   - file: The name to use in messages.
    ///   - columns: What the importer reads; any other column is a problem.
    ///   - limits: How much the file may hold.
    public init(parsing bytes: [UInt8], file: String, columns: [CSVColumn], limits: CSVLimits = .standard) {
        var parser = CSVParser(bytes, file: file, limits: limits)
        let rows = Self.rows(of: &parser, bytes: bytes, file: file, columns: columns, limits: limits)
        var problems = parser.problems
        problems.sortByLine()
        self.file = file
        self.rows = rows
        self.problems = problems
    }

    /// Turns each row into a value, and collects every problem of the file and of its rows.
    ///
    /// - Parameters:
    ///   - problems: Takes what is wrong, in the order of the lines; the caller refuses the import if any came.
    ///   - body: Reads one row. What it returns is dropped if the row has a problem; `nil` leaves the row out.
    /// - Returns: The values of the rows without problems.
    public func decode<Value>(
        collecting problems: inout CSVProblems, _ body: (inout CSVRow) -> Value?
    ) -> [Value] {
        var own = self.problems
        var values: [Value] = []
        values.reserveCapacity(self.rows.count)
        for var row in self.rows {
            let value = body(&row)
            own.append(contentsOf: row.problems)
            if row.problems.isEmpty, let value {
                values.append(value)
            }
        }
        own.sortByLine()
        problems.append(contentsOf: own)
        return values
    }

    private static func rows(
        of parser: inout CSVParser, bytes: [UInt8], file: String, columns: [CSVColumn], limits: CSVLimits
    ) -> [CSVRow] {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            parser.report("the file is UTF-16; save it as CSV with the encoding UTF-8", line: 1)
            return []
        }
        guard let first = parser.next() else {
            let names = columns.map(\.name).joined(separator: ", ")
            parser.report("the file is empty; its first line names the columns: \(names)", line: 1)
            return []
        }
        guard !first.isDamaged else { return [] }
        let header = CSVHeader(first, columns: columns, parser: &parser)
        let isUsable = parser.problems.isEmpty
        if isUsable {
            parser.columnNames = first.fields.map(\.text)
        }

        // Even without a usable header the rows are split, so that their errors are told at once.
        var rows: [CSVRow] = []
        var count = 0
        while let record = parser.next() {
            count += 1
            guard count <= limits.rows else {
                parser.report("more than \(limits.rows) rows; split the file", line: record.line)
                break
            }
            if self.isSound(record, fieldCount: first.fields.count, parser: &parser), isUsable {
                rows.append(CSVRow(record, header: header, file: file))
            }
        }
        return rows
    }

    /// Whether a record fits the header; reports it if not.
    private static func isSound(_ record: CSVParser.Record, fieldCount: Int, parser: inout CSVParser) -> Bool {
        guard !record.isDamaged else { return false }
        guard record.fields.count == fieldCount else {
            let counts = "\(record.fields.count) fields where the header has \(fieldCount)"
            parser.report("\(counts); quote a field that holds the delimiter", line: record.line)
            return false
        }
        // Spreadsheets leave such rows behind; without this rule each required column would complain.
        guard fieldCount == 1 || record.fields.contains(where: { !$0.text.isEmpty }) else {
            parser.report("the row is empty; remove it", line: record.line)
            return false
        }
        return true
    }
}
