internal import AlmanacStorage
internal import AlmanacSurface
internal import Testing

/// What the grammar accepts and refuses, whatever the columns mean.
struct CSVTableTests {
    /// A file that must be read, and what its rows must hold.
    struct Accepted: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let rows: [[String]]
        var testDescription: String { self.name }

        init(_ name: String, _ text: String, _ rows: [[String]]) {
            self.name = name
            self.text = text
            self.rows = rows
        }
    }

    /// A file that must be refused, and the message.
    struct Refused: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let problem: String
        var testDescription: String { self.name }

        init(_ name: String, _ text: String, _ problem: String) {
            self.init(name, bytes: Array(text.utf8), problem)
        }

        init(_ name: String, bytes: [UInt8], _ problem: String) {
            self.name = name
            self.bytes = bytes
            self.problem = problem
        }
    }

    static let accepted = [
        Accepted("plain rows", "a,b\n1,2\n3,4\n", [["1", "2"], ["3", "4"]]),
        Accepted("no line end after the last row", "a,b\n1,2", [["1", "2"]]),
        Accepted("CRLF", "a,b\r\n1,2\r\n", [["1", "2"]]),
        Accepted("a header alone", "a,b\n", []),
        Accepted("a byte order mark", "\u{FEFF}a,b\n1,2\n", [["1", "2"]]),
        Accepted("semicolons", "a;b\n1,5;2\n", [["1,5", "2"]]),
        Accepted("a semicolon in a file with commas", "a,b\n1;5,2\n", [["1;5", "2"]]),
        Accepted("columns in another order", "b,a\n2,1\n", [["1", "2"]]),
        Accepted("quoted fields", "\"a\",b\n\"1\",\"2\"\n", [["1", "2"]]),
        Accepted("a delimiter in quotes", "a,b\n\"1,5\",2\n", [["1,5", "2"]]),
        Accepted("doubled quotes", "a,b\n\"say \"\"hi\"\"\",2\n", [["say \"hi\"", "2"]]),
        Accepted("a quoted quote alone", "a,b\n\"\"\"\",2\n", [["\"", "2"]]),
        Accepted("line ends in quotes", "a,b\n\"1\n2\r\n3\",2\n", [["1\n2\r\n3", "2"]]),
        Accepted("an empty quoted field", "a,b\n\"\",2\n", [["", "2"]]),
        Accepted("an empty last field", "a,b\n1,\n", [["1", ""]]),
        Accepted("spaces belong to the field", "a,b\n 1 ,2\n", [[" 1 ", "2"]]),
        Accepted("letters beyond ASCII", "a,b\nŁukasz Żółć,Ngô Thị Ánh\n", [["Łukasz Żółć", "Ngô Thị Ánh"]]),
    ]

    static let refused = [
        Refused("an empty file", "", "t.csv:1: the file is empty; its first line names the columns: a, b"),
        Refused(
            "UTF-16", bytes: [0xFF, 0xFE, 0x61, 0x00],
            "t.csv:1: the file is UTF-16; save it as CSV with the encoding UTF-8"),
        Refused(
            "invalid UTF-8", bytes: Array("a,b\n1,2\nM".utf8) + [0xFC] + Array("ller,2\n".utf8),
            "t.csv:3: a: not valid UTF-8; save the file as CSV with the encoding UTF-8"),
        Refused("U+0000", "a,b\n1,x\u{0}y\n", "t.csv:2: b: holds the character U+0000, which cannot be stored"),
        Refused(
            "a quote inside a bare field", "a,b\n1,5\" pipe\n",
            "t.csv:2: b: a quote inside a field without quotes; "
                + "put quotes around the whole field and double those inside it"),
        Refused(
            "text behind a closing quote", "a,b\n\"1\"x,2\n",
            "t.csv:2: a: text follows the closing quote; "
                + "double each quote inside a field and close it before the delimiter"),
        Refused(
            "text behind a closing quote some lines on", "a,b\n\"1\n\n\" x,2\n",
            "t.csv:2: a: text follows the closing quote on line 4; "
                + "double each quote inside a field and close it before the delimiter"),
        Refused(
            "a quote never closed", "a,b\n1,\"2\n3,4\n",
            "t.csv:2: b: the quote that opens this field is never closed"),
        Refused(
            "too few fields", "a,b\n1,2\n3\n",
            "t.csv:3: 1 fields where the header has 2; quote a field that holds the delimiter"),
        Refused(
            "too many fields behind a field of two lines", "a,b\n\"1\n1\",2\n3,4,5\n",
            "t.csv:4: 3 fields where the header has 2; quote a field that holds the delimiter"),
        Refused("an empty line", "a,b\n\n1,2\n", "t.csv:2: the line is empty; remove it"),
        Refused("a row of delimiters", "a,b\n,\n", "t.csv:2: the row is empty; remove it"),
        Refused(
            "line ends of CR alone", "a,b\r1,2\r",
            "t.csv:1: column 2: a carriage return without a line feed; end lines with LF or CRLF"),
    ]

    @Test(arguments: Self.accepted) func reads(_ file: Accepted) {
        let table = Self.table(file.text)

        #expect(table.problems.isEmpty, "\(table.problems)")
        #expect(table.rows.map { ["a", "b"].compactMap($0.raw) } == file.rows)
    }

    @Test(arguments: Self.refused) func refuses(_ file: Refused) {
        let table = CSVTable(parsing: file.bytes, file: "t.csv", columns: [.required("a"), .required("b")])

        #expect(table.problems.description == file.problem)
        #expect(table.problems.count == 1)
    }

    @Test func goesOnBehindABrokenRow() {
        let table = Self.table("a,b\n\"1\"x,2\n3,4\n5\n6,7\n")

        #expect(table.rows.map { $0.raw("a") } == ["3", "6"])
        #expect(table.problems.listed.map(\.line) == [2, 4])
    }

    @Test func countsLinesInsideQuotedFields() {
        let table = Self.table("a,b\n\"1\n\n\",2\n3,4\n")

        #expect(table.rows.map(\.line) == [2, 5])
    }

    @Test func boundsTheLengthOfAField() {
        let limits = CSVLimits(fieldBytes: 4, columns: 10, rows: 10)

        #expect(Self.table("a,b\n1234,\"1234\"\n", limits).problems.isEmpty)
        #expect(Self.table("a,b\n12345,2\n3,4\n", limits).problems.description == "t.csv:2: a: longer than 4 bytes")
        let unclosed = Self.table("a,b\n1,\"23456\n7,8\n", limits).problems.description
        let advice = "is its closing quote missing? The rest of the file was not read"
        #expect(unclosed == "t.csv:2: b: longer than 4 bytes; \(advice)")
    }

    @Test func boundsTheNumberOfRowsAndColumns() {
        let limits = CSVLimits(fieldBytes: 100, columns: 2, rows: 2)

        #expect(Self.table("a,b\n1,2\n3,4\n", limits).problems.isEmpty)
        let tooManyRows = Self.table("a,b\n1,2\n3,4\n5,6\n7,8\n", limits).problems.description
        #expect(tooManyRows == "t.csv:4: more than 2 rows; split the file")
        #expect(Self.table("a,b,c\n", limits).problems.description == "t.csv:1: more than 2 fields")
    }

    @Test func keepsAHundredProblemsAndCountsTheRest() {
        let table = Self.table("a,b\n" + String(repeating: "1\n", count: 130))

        #expect(table.problems.listed.count == 100)
        #expect(table.problems.count == 130)
        #expect(table.problems.description.hasSuffix("\nand 30 more"))
    }

    /// Everything a writer by RFC 4180 produces comes back unchanged, whatever the fields hold.
    @Test(arguments: 1...200) func whatWasWrittenIsRead(seed: UInt64) {
        var random = Choices(seed: seed)
        let alphabet = ["a", "ß", "é", "🙂", ",", ";", "\"", "\n", "\r\n", "\r", " ", "\t", "1", "'"]
        let width = Int.random(in: 2...5, using: &random)
        let names = (0..<width).map { "c\($0)" }
        let rows = (0..<Int.random(in: 0...8, using: &random)).map { _ in
            // The first field is never empty, since a row of empty fields is refused.
            (0..<width).map { column in
                let length = Int.random(in: (column == 0 ? 1 : 0)...6, using: &random)
                return (0..<length).map { _ in alphabet.randomElement(using: &random) ?? "" }.joined()
            }
        }
        let lineEnd = Bool.random(using: &random) ? "\r\n" : "\n"
        let text = ([names] + rows)
            .map { $0.map { Self.field($0, using: &random) }.joined(separator: ",") + lineEnd }
            .joined()

        let table = CSVTable(parsing: Array(text.utf8), file: "t.csv", columns: names.map { .required($0) })

        #expect(table.problems.isEmpty, "\(table.problems)")
        let read = table.rows.map { row in names.map { Array((row.raw($0) ?? "?").utf8) } }
        #expect(read == rows.map { $0.map { Array($0.utf8) } })
    }

    /// Whatever the bytes are: a file is either sound, or its problems are told; rows are never out of step.
    @Test(arguments: 1...300) func anyBytesAreReadOrRefused(seed: UInt64) {
        var random = Choices(seed: seed)
        let alphabet: [UInt8] = [0x00, 0x09, 0x0A, 0x0D, 0x20, 0x22, 0x22, 0x2C, 0x2C, 0x3B, 0x61, 0xC3, 0xBC, 0xFF]
        let noise = (0..<Int.random(in: 0...60, using: &random)).map { _ in
            alphabet.randomElement(using: &random) ?? 0x61
        }

        let table = CSVTable(
            parsing: Array("a,b\n".utf8) + noise, file: "t.csv", columns: [.required("a"), .required("b")])

        let lines = table.rows.map(\.line)
        let isNoiseAllowed = !noise.contains(0x00) && !noise.contains(0xFF)
        #expect(zip(lines, lines.dropFirst()).allSatisfy(<))
        #expect(isNoiseAllowed || !table.problems.isEmpty)
    }

    /// Writes a field with quotes where it needs them, and sometimes where it does not.
    private static func field(_ text: String, using random: inout Choices) -> String {
        let special: Set<UInt8> = [0x22, 0x2C, 0x0A, 0x0D]
        guard text.utf8.contains(where: special.contains) || Bool.random(using: &random) else { return text }
        let doubled = text.utf8.flatMap { $0 == 0x22 ? [$0, $0] : [$0] }
        return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
    }

    private static func table(_ text: String, _ limits: CSVLimits = .standard) -> CSVTable {
        CSVTable(parsing: Array(text.utf8), file: "t.csv", columns: [.required("a"), .required("b")], limits: limits)
    }
}

/// Reproducible choices, so that a failing case can be run again.
private struct Choices: RandomNumberGenerator {
    private let source: SeededRandom

    init(seed: UInt64) { self.source = SeededRandom(seed: seed) }

    mutating func next() -> UInt64 { self.source.next() }
}
