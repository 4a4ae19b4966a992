import AlmanacTestKit
import Foundation
import Testing

/// The overview of the standard says of no requirement that it is proved unless a test says so too.
struct ASVSTests {
    private static let path = Sources.root.appendingPathComponent("Tests/ASVS.md").path

    private static func tests() throws -> [NumberedTest] {
        // This file holds names that are no tests.
        try Sources.all(under: ["Tests", "Plugins", "Samples"]).filter { !$0.path.hasSuffix("/ASVSTests.swift") }
            .flatMap { NumberedTest.all(in: $0.text) }
    }

    @Test("the overview names the tests that there are")
    func namesTheTestsThatThereAre() throws {
        var table = ASVSTable(
            String(decoding: try #require(FileManager.default.contents(atPath: Self.path)), as: UTF8.self))
        let tests = try Self.tests()
        if ProcessInfo.processInfo.environment["ALMANAC_RECORD"] == "asvs" {
            table.record(tests)
            try Data(table.text.utf8).write(to: URL(fileURLWithPath: Self.path))
        }

        let differences = table.differences(from: tests)

        #expect(
            differences == [],
            """
            Tests/ASVS.md and the tests disagree. Write its last column anew, and look at the difference:
                ALMANAC_RECORD=asvs scripts/test --filter ASVSTests
            """)
        #expect(table.rows.count > 100)
        #expect(tests.count > 20)
    }

    @Test("a row without its test and a test without its row are found")
    func disagreementIsFound() {
        let table = ASVSTable(
            "| 1.1.1 | 1 | this | is proved |\n| 1.1.2 | 2 | that | not yet: too early |\n| 1.1.3 | 2 | more | not yet |\n"
        )
        let tests = NumberedTest.all(
            in: #"@Test("v5.0.0-1.1.3 v5.0.0-9.9.9 x") func x() {} @Test("v5.0.0-1.1.4, 1.1.5 y") "v5.0.0-none""#)

        #expect(tests.map(\.numbers) == [["1.1.3", "9.9.9"], ["1.1.4", "1.1.5"]])
        #expect(
            table.differences(from: tests) == [
                "1.1.4 is proved by “y”, but has no row: add it under its chapter",
                "1.1.5 is proved by “y”, but has no row: add it under its chapter",
                "9.9.9 is proved by “x”, but has no row: add it under its chapter",
                "1.1.1 names “is proved”, but no test carries that number", "1.1.3 is proved by “x”, not “not yet”",
            ])
    }

    @Test("what is written anew agrees with the tests")
    func whatIsWrittenAnewAgrees() {
        var table = ASVSTable("# Title\n\n| 1.1.1 | 1 | this | gone |\n| 1.1.3 | 2 | more | not yet: late |\n")
        let tests = [NumberedTest(numbers: ["1.1.3"], name: "x")]

        table.record(tests)

        #expect(table.text == "# Title\n\n| 1.1.1 | 1 | this | not yet |\n| 1.1.3 | 2 | more | x |\n")
        #expect(table.differences(from: tests) == [])
    }
}
