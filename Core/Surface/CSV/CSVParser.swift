/// Splits the bytes of a CSV file into records by the grammar of RFC 4180; knows nothing of what the columns mean.
///
/// A row that was split wrongly is worse than one that was refused: a quote inside a bare field and text behind a
/// closing quote are errors. Tolerated is what cannot change the meaning: a byte order mark, lines that end with LF
/// alone, and no line end after the last record.
struct CSVParser {
    /// A field and the line on which it begins.
    struct Field: Sendable {
        let text: String
        let line: Int
    }

    /// A record, the header's or a row's.
    struct Record {
        let line: Int
        var fields: [Field] = []
        /// Whether a problem of this record was reported, so that its fields cannot be trusted.
        var isDamaged = false
    }

    /// What ended a field.
    private enum End {
        case delimiter
        case record
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let bytes: [UInt8]
    private let delimiter: UInt8
    private let file: String
    private let limits: CSVLimits
    private var position: Int
    private var line = 1

    /// What was wrong so far.
    private(set) var problems = CSVProblems()
    /// The names of the columns, once the header is read; they make messages readable.
    var columnNames: [String] = []

    init(_ bytes: [UInt8], file: String, limits: CSVLimits) {
        self.bytes = bytes
        self.file = file
        self.limits = limits
        self.position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        self.delimiter = Self.delimiter(of: bytes[self.position...])
    }

    /// Commas, unless the first line has none and semicolons instead, as spreadsheets write in German and French.
    private static func delimiter(of bytes: ArraySlice<UInt8>) -> UInt8 {
        let header = bytes.prefix { $0 != self.lineFeed && $0 != self.carriageReturn }
        let comma = UInt8(ascii: ",")
        let semicolon = UInt8(ascii: ";")
        return !header.contains(comma) && header.contains(semicolon) ? semicolon : comma
    }

    /// Whether everything was read.
    var isAtEnd: Bool { self.position >= self.bytes.count }

    mutating func report(_ reason: String, line: Int, column: String? = nil) {
        self.problems.append(CSVProblem(file: self.file, line: line, column: column, reason: reason))
    }

    /// The next record, or `nil` at the end of the file.
    mutating func next() -> Record? {
        guard !self.isAtEnd else { return nil }
        var record = Record(line: self.line)
        if self.takeLineEnd() {
            self.report("the line is empty; remove it", line: record.line)
            record.isDamaged = true
            return record
        }
        while self.takeField(into: &record) == .delimiter {
            // A line of delimiters alone must not fill the memory.
            if record.fields.count >= self.limits.columns {
                self.report("more than \(self.limits.columns) fields", line: record.line)
                self.skipLine(&record)
                break
            }
        }
        return record
    }

    private mutating func takeField(into record: inout Record) -> End {
        if !self.isAtEnd, self.bytes[self.position] == Self.quote {
            return self.takeQuotedField(into: &record)
        }
        return self.takeBareField(into: &record)
    }

    private mutating func takeBareField(into record: inout Record) -> End {
        let start = self.position
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            if byte == self.delimiter || byte == Self.lineFeed || byte == Self.carriageReturn { break }
            if byte == Self.quote {
                let advice = "put quotes around the whole field and double those inside it"
                return self.give(up: "a quote inside a field without quotes; \(advice)", self.line, &record)
            }
            self.position += 1
        }
        guard self.position - start <= self.limits.fieldBytes else {
            return self.give(up: "longer than \(self.limits.fieldBytes) bytes", self.line, &record)
        }
        self.add(self.bytes[start..<self.position], line: self.line, to: &record)
        return self.endField(startLine: self.line, &record)
    }

    private mutating func takeQuotedField(into record: inout Record) -> End {
        let startLine = self.line
        var content: [UInt8] = []
        self.position += 1
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            self.position += 1
            if byte == Self.quote {
                guard self.position < self.bytes.count, self.bytes[self.position] == Self.quote else {
                    self.add(content[...], line: startLine, to: &record)
                    return self.endField(startLine: startLine, &record)
                }
                self.position += 1
            }
            if byte == Self.lineFeed { self.line += 1 }
            content.append(byte)
            if content.count > self.limits.fieldBytes {
                // What follows would be read inside out, so nothing of it can be trusted.
                let advice = "is its closing quote missing? The rest of the file was not read"
                self.position = self.bytes.count
                return self.give(up: "longer than \(self.limits.fieldBytes) bytes; \(advice)", startLine, &record)
            }
        }
        return self.give(up: "the quote that opens this field is never closed", startLine, &record)
    }

    /// Moves behind the delimiter or line end that must follow a field.
    private mutating func endField(startLine: Int, _ record: inout Record) -> End {
        guard !self.isAtEnd, !self.takeLineEnd() else { return .record }
        if self.bytes[self.position] == self.delimiter {
            self.position += 1
            return .delimiter
        }
        // The field itself was sound and is already part of the record; the message is still about it.
        let column = self.columnName(record.fields.count - 1)
        if self.bytes[self.position] == Self.carriageReturn {
            let reason = "a carriage return without a line feed; end lines with LF or CRLF"
            self.report(reason, line: self.line, column: column)
        } else {
            let place = self.line == startLine ? "" : " on line \(self.line)"
            let advice = "double each quote inside a field and close it before the delimiter"
            self.report("text follows the closing quote\(place); \(advice)", line: startLine, column: column)
        }
        self.skipLine(&record)
        return .record
    }

    /// Moves behind LF or CRLF if one stands here.
    private mutating func takeLineEnd() -> Bool {
        var end = self.position
        if self.bytes[end] == Self.carriageReturn { end += 1 }
        guard end < self.bytes.count, self.bytes[end] == Self.lineFeed else { return false }
        self.position = end + 1
        self.line += 1
        return true
    }

    private mutating func add(_ content: ArraySlice<UInt8>, line: Int, to record: inout Record) {
        let column = self.columnName(record.fields.count)
        var text = ""
        if content.contains(0) {
            self.report("holds the character U+0000, which cannot be stored", line: line, column: column)
            record.isDamaged = true
        } else if let valid = String(validating: content, as: UTF8.self) {
            text = valid
        } else {
            self.report("not valid UTF-8; save the file as CSV with the encoding UTF-8", line: line, column: column)
            record.isDamaged = true
        }
        record.fields.append(Field(text: text, line: line))
    }

    /// Reports a field that could not be split, and skips what is left of its line.
    private mutating func give(up reason: String, _ line: Int, _ record: inout Record) -> End {
        self.report(reason, line: line, column: self.columnName(record.fields.count))
        self.skipLine(&record)
        return .record
    }

    private mutating func skipLine(_ record: inout Record) {
        record.isDamaged = true
        while self.position < self.bytes.count {
            self.position += 1
            if self.bytes[self.position - 1] == Self.lineFeed {
                self.line += 1
                return
            }
        }
    }

    private func columnName(_ index: Int) -> String {
        self.columnNames.indices.contains(index) ? self.columnNames[index] : "column \(index + 1)"
    }
}
