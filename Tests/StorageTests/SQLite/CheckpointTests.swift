import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacStorage

/// The write-ahead log is copied into the file again and again, though no commit does it.
struct CheckpointTests {
    private static func path(of engine: SQLiteEngine) async throws -> String {
        let files = try await engine.maintain { try $0.rows("PRAGMA database_list") }
        return try #require(files.first?.last.flatMap { $0 })
    }

    private static func megabytes(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? Int ?? 0) / 1_048_576
    }

    @Test func theLogStaysBounded() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            let engine = try #require(shop.test.engine as? SQLiteEngine)
            let label = String(repeating: "x", count: 1_000_000)
            // 96 MB: three times what is copied at once.
            for number in 0..<96 { try await shop.write { try $0.addShelf(number, "\(number)\(label)") } }
            let path = try await Self.path(of: engine)
            let log = try Self.megabytes(path + "-wal")
            let file = try Self.megabytes(path)

            #expect((30...40).contains(log))
            #expect(file >= 60)
        }
    }

    /// Whoever writes a lot without a group, as a migration does, does not fill the disk with log either.
    @Test func whatIsNoGroupIsCopiedToo() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            let engine = try #require(shop.test.engine as? SQLiteEngine)
            try await engine.maintain { connection in
                try connection.run("CREATE TABLE heap (text TEXT)")
                for _ in 0..<160 { try connection.run("INSERT INTO heap VALUES (hex(zeroblob(500000)))") }
            }
            let log = try Self.megabytes(try await Self.path(of: engine) + "-wal")

            #expect((120...140).contains(log))
        }
    }
}
