internal import AlmanacSurface
internal import Testing

/// How values are read from rows and how their errors are collected.
struct CSVRowTests {
    @Test func readsTypedValues() throws {
        var row = try Self.row("text,number,list,word\n  Anna ,\t-7, a b  c ,red\n")

        #expect(row.text("text") == "Anna")
        #expect(row.integer("number", in: -10...10) == -7)
        #expect(row.list("list") == ["a", "b", "c"])
        #expect(row.choice("word", among: ["green", "red"]) == "red")
        #expect(row.value("text", expected: "a text") { $0.utf8.count } == 4)
        #expect(row.problems.isEmpty)
    }

    @Test func emptyAndAbsentOptionalValuesAreNil() throws {
        var row = try Self.row("text,number\nx,\n")

        #expect(row.optionalInteger("number", in: 0...9) == nil)
        #expect(row.optionalText("word") == nil)
        #expect(row.optionalValue("word", expected: "a word") { $0 } == nil)
        #expect(row.list("list").isEmpty)
        #expect(row.problems.isEmpty)
    }

    @Test(arguments: ["", "1", "101", "+5", "5.0", "5,0", "0x5", "٥", "--5", "-", "99999999999999999999", "five"])
    func refusesWhatIsNoNumberInTheRange(text: String) throws {
        var row = try Self.row("text,number\nx,\"\(text)\"\n")

        _ = row.integer("number", in: 2...100)

        #expect(row.problems.count == 1)
        #expect(row.problems.listed.first?.column == "number")
    }

    @Test func namesTheNearestWord() throws {
        var row = try Self.row("word\ngeen\n")

        let word = row.choice("word", among: ["green", "red"])

        #expect(word == nil)
        #expect(
            row.problems.description
                == "t.csv:2: word: expected one of green, red, found \"geen\"; did you mean green?")
    }

    @Test func refusesAWordThatStandsTwice() throws {
        var row = try Self.row("list\na b a\n")

        _ = row.list("list")

        #expect(row.problems.description == "t.csv:2: list: \"a\" stands twice")
    }

    @Test func namesTheLineOnWhichTheFieldBegins() throws {
        var row = try Self.row("text,number\n\"1\n2\",x\n")

        _ = row.integer("number", in: 0...9)

        #expect(row.line == 2)
        #expect(row.problems.listed.map(\.line) == [3])
    }

    @Test func cutsLongValuesInMessages() throws {
        var row = try Self.row("number\n\(String(repeating: "9", count: 5000))\n")

        _ = row.integer("number", in: 0...9)

        let description = row.problems.description
        #expect(description.utf8.count < 200)
    }

    @Test func readingAnUndeclaredColumnIsAProblem() throws {
        var row = try Self.row("text\nx\n")

        _ = row.text("colour")

        #expect(row.problems.count == 1)
    }

    @Test func decodingDropsRowsWithProblemsAndCollectsInTheOrderOfTheLines() {
        let table = Self.table("text,number\na,1\n,2\nb\nc,x\nd,4\n")
        var problems = CSVProblems()

        let values = table.decode(collecting: &problems) { row in
            "\(row.text("text"))\(row.integer("number", in: 0...9))"
        }

        #expect(values == ["a1", "d4"])
        #expect(problems.listed.map(\.line) == [3, 4, 5])
        #expect(problems.listed.map(\.column) == ["text", nil, "number"])
    }

    @Test func aRowLeftOutIsNoProblem() {
        let table = Self.table("text\na\nb\n")
        var problems = CSVProblems()

        let values = table.decode(collecting: &problems) { row in
            let text = row.text("text")
            return text == "a" ? nil : text
        }

        #expect(values == ["b"])
        #expect(problems.isEmpty)
    }

    @Test func aLaterRuleCanNameTheRow() throws {
        let row = try Self.row("text,word\nx,\"a\nb\"\n")

        #expect(row.problem("word", "is not known").description == "t.csv:2: word: is not known")
        #expect(row.problem(nil, "overlaps another").description == "t.csv:2: overlaps another")
    }

    private static func row(_ text: String) throws -> CSVRow {
        let table = self.table(text)
        #expect(table.problems.isEmpty, "\(table.problems)")
        return try #require(table.rows.first)
    }

    private static func table(_ text: String) -> CSVTable {
        let columns: [CSVColumn] = ["text", "number", "list", "word"].map { .optional($0) }
        return CSVTable(parsing: Array(text.utf8), file: "t.csv", columns: columns)
    }
}
