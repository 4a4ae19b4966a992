internal import AlmanacSurface
internal import Testing

/// How the header line is matched with the columns that an importer declares.
struct CSVHeaderTests {
    private static let columns: [CSVColumn] = [
        .required("external_id"), .required("name", translations: true), .optional("phone"),
    ]

    /// A header and what is wrong with it.
    struct Refused: Sendable, CustomTestStringConvertible {
        let header: String
        let problem: String
        var testDescription: String { self.header.debugDescription }

        init(_ header: String, _ problem: String) {
            self.header = header
            self.problem = problem
        }
    }

    static let refused = [
        Refused("external_id", "t.csv:1: the column name is missing; the header names \"external_id\""),
        Refused("external_id,name,colour", "t.csv:1: column 3: unknown column \"colour\""),
        Refused("external_id,name,phones", "t.csv:1: column 3: unknown column \"phones\"; did you mean phone?"),
        Refused("external_id,Name", "t.csv:1: column 2: unknown column \"Name\"; did you mean name?"),
        Refused("extrenal_id,name", "t.csv:1: column 1: unknown column \"extrenal_id\"; did you mean external_id?"),
        Refused("external_id,name,name", "t.csv:1: column 3: the column name stands twice"),
        Refused("external_id,name,name:de,name:DE", "t.csv:1: column 4: the column name:DE stands twice"),
        Refused("external_id,name,", "t.csv:1: column 3: has no name"),
        Refused("external_id,name, phone", "t.csv:1: column 3: unknown column \" phone\"; did you mean phone?"),
        Refused("external_id,name,phone:de", "t.csv:1: column 3: unknown column \"phone:de\""),
        Refused("external_id,name,name:german_de", "t.csv:1: column 3: unknown column \"name:german_de\""),
        Refused("external_id,name,\u{1B}[31m", "t.csv:1: column 3: unknown column \"\u{FFFD}[31m\""),
    ]

    @Test(arguments: Self.refused) func refuses(_ file: Refused) {
        let table = Self.table(file.header + "\n")

        #expect(table.problems.description == file.problem)
        #expect(table.rows.isEmpty)
    }

    @Test func saysThatTabsAreNoDelimiter() {
        let problems = Self.table("external_id\tname\n1\tx\n").problems.description

        #expect(problems.contains("the header is separated by tabs; separate columns by commas or semicolons"))
    }

    /// The Kelvin sign equals the letter K for `==`, but is another name for every database.
    @Test func comparesNamesByteForByte() {
        let bytes = Array("\u{212A}\n1\n".utf8)

        let table = CSVTable(parsing: bytes, file: "t.csv", columns: [.required("K")])

        #expect(!table.problems.isEmpty)
    }

    @Test func readsTranslationsBesideTheirColumn() throws {
        let table = Self.table("name:de,external_id,name,name:fr,name:pt-BR\nStunde,1,lesson,,aula\n")
        let row = try #require(table.rows.first)

        let translations = row.translations("name")

        #expect(table.problems.isEmpty)
        #expect(translations.map(\.language) == ["de", "pt-BR"])
        #expect(translations.map(\.text) == ["Stunde", "aula"])
    }

    @Test func tellsTheErrorsOfRowsBesideThoseOfTheHeader() {
        let table = Self.table("external_id,nmae\n1\n")

        #expect(table.problems.listed.map(\.line) == [1, 2])
    }

    private static func table(_ text: String) -> CSVTable {
        CSVTable(parsing: Array(text.utf8), file: "t.csv", columns: self.columns)
    }
}
