import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Hashes of whole tables.
struct TableDigestTests {
    /// Statements that change one thing, each in the words of both engines.
    private static let changes = [
        "UPDATE depot{part SET place = 451 WHERE place = 449",
        "DELETE FROM depot{line WHERE word = '9'",
        "UPDATE depot{sample SET boolean = NOT boolean WHERE \"real\" = 0.1",
        "UPDATE depot{sample SET text = NULL WHERE text = ''",
        "UPDATE depot{sample SET bytes = NULL WHERE note = 'NULL'",
        "UPDATE depot{sample SET instant = instant + 1 WHERE note = 'NULL'",
        "UPDATE depot{sample SET note = 'null' WHERE note = 'NULL'",
        #"UPDATE depot{sample SET json = '{"a":{"y":12345678901234567890.12345678901234567891}}' WHERE "real" = 0.1"#,
        #"UPDATE depot{sample SET json = 'null' WHERE json IS NULL"#,
    ]

    @Test(arguments: TestEngine.allCases)
    func seesEveryChange(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine, migrations: [Depot.history]) { database in
            @Sendable func digests(_ change: String?) async throws -> [TableDigest] {
                try await database.engine.maintain { connection in
                    let rows = try #require(connection as? any RowConnection)
                    struct Undo: Error {}
                    var found: [TableDigest] = []
                    do {
                        try rows.transaction {
                            try Depot.fill(rows)
                            let dot = rows.isPostgres ? "." : "_"
                            let statement = change?.split(separator: "{", maxSplits: 1).joined(separator: dot)
                            if let statement { try rows.run(statement) }
                            found = try rows.digests(of: Depot.tables)
                            throw Undo()
                        }
                    } catch is Undo {}
                    return found
                }
            }
            let before = try await digests(nil)
            #expect(try await digests(nil) == before)
            for change in Self.changes {
                let after = try await digests(change)
                #expect(zip(before, after).count { $0 != $1 } == 1, "\(change)")
            }
        }
    }

    @Test
    func documentsThatMeanTheSameAreOne() throws {
        let same = [
            [#"{"a":1,"b":[1.50,2]}"#, #"{ "b": [15e-1, 2.0], "a": 1e0 }"#], ["0", "-0.0", "0e5"],
            ["1e2", "100", "100.00"],
            [#""\u00e4""#, "\"ä\""],
        ]
        for spellings in same {
            let forms = try spellings.map { try JSON(stored: $0).exactForm }
            #expect(Set(forms).count == 1, "\(spellings)")
        }
        let different = ["1", "-1", "10", "0.1", "\"1\"", "[1]", "[[1]]", "{}", "[]", "null", "1.00000000000000000001"]
        #expect(Set(try different.map { try JSON(stored: $0).exactForm }).count == different.count)
    }

    @Test
    func countsTheRowsOfADump() {
        let text = """
            SET x = 1;
            COPY kernel."user" (id, name) FROM stdin;
            1\tCOPY kernel.session (id) FROM stdin;
            2\t\\\\.
            \\.

            COPY kernel.session (id) FROM stdin;
            \\.
            COPY depot.part (id) FROM stdin;
            \(String(repeating: "x", count: 5_000))
            \\.

            """
        for size in [1, 7, 4_096] {
            var counter = DumpCounter()
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                counter.read(.init(bytes[start..<min(start + size, bytes.count)]))
            }
            #expect(counter.rows == ["kernel.user": 2, "kernel.session": 0, "depot.part": 1])
        }
    }
}
