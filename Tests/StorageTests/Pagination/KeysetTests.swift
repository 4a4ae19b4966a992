import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Walking a long list while others write to it.
struct KeysetTests {
    private struct Row: Record {
        static let columns: Columns = ["floor", "id"]
        let floor: Int
        let id: Int

        init(row: inout RowReader) throws {
            self.floor = try row.next()
            self.id = try row.next()
        }
    }

    private static func page(after cursor: Cursor?, _ tx: ReadTransaction) throws -> [Row] {
        let after: SQL = cursor.map { "AND \($0.after(Row.columns))" } ?? ""
        return try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(Shop.shelves) WHERE organization_id = \(Shop.north) \(after)
            ORDER BY floor, id LIMIT \(37)
            """)
    }

    @Test(arguments: TestEngine.allCases)
    func nothingIsSkippedOrShownTwice(_ engine: TestEngine) async throws {
        try await withShop(engine, rehearses: false) { shop in
            try await shop.write { tx in
                // Ten rows share each floor, so that the first key alone does not decide.
                for id in 1...1_000 {
                    try tx.post(
                        """
                        INSERT INTO \(Shop.shelves) (organization_id, id, label, floor)
                        VALUES (\(Shop.north), \(id), \("s\(id)"), \((id * 7) % 100))
                        """)
                }
            }
            var seen: [Int] = []
            var cursor: Cursor?
            var pages = 0
            repeat {
                let at = cursor
                let rows = try await shop.read { try Self.page(after: at, $0) }
                seen += rows.map(\.id)
                cursor = try rows.last.map { row in
                    let made = Cursor(list: "shelves", keys: [.integer(Int64(row.floor)), .integer(Int64(row.id))])
                    return try Cursor(made.text, list: "shelves", keys: 2)
                }
                // Rows come and go before and behind the page.
                pages += 1
                guard pages <= 20 else { continue }
                let number = pages
                try await shop.write { tx in
                    for floor in [-1, 200] {
                        try tx.post(
                            """
                            INSERT INTO \(Shop.shelves) (organization_id, id, label, floor)
                            VALUES (\(Shop.north), \(10_000 + number * 10 + floor), \("new\(number) \(floor)"),
                                \(floor))
                            """)
                    }
                }
            } while cursor != nil

            let old = seen.filter { $0 <= 1_000 }
            #expect(old.count == 1_000)
            #expect(Set(old).count == 1_000)
            #expect(old == (1...1_000).sorted { (($0 * 7) % 100, $0) < (($1 * 7) % 100, $1) })
        }
    }
}
