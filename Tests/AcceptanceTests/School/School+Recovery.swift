import AlmanacStorage
import AlmanacTestKit
import Foundation

extension School {
    /// Loses the database, as a broken disk would; the keys are somewhere else.
    func loseDatabase() async throws {
        guard let url = self.storage.environment["ALMANAC_DATABASE_URL"] else {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "\(self.program.folder)/data/school.sqlite\(suffix)")
            }
            return
        }
        try await Self.administer(url) { connection in
            let rooms = try connection.rows(
                """
                SELECT quote_ident(nspname) FROM pg_namespace
                WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'public')
                """)
            for room in rooms.compactMap(\.first).compactMap(\.self) {
                try connection.run("DROP SCHEMA \(room) CASCADE")
            }
        }
    }

    /// Reads rows past every guard; tables stand in the query as `{room.table}`.
    func rows(_ query: String) async throws -> [[String?]] {
        guard let url = self.storage.environment["ALMANAC_DATABASE_URL"] else {
            return try SQLiteBackup.read("\(self.program.folder)/data/school.sqlite") {
                try $0.rows(Self.spell(query, "_"))
            }
        }
        return try await Self.administer(url) { try $0.rows(Self.spell(query, ".")) }
    }

    private static func spell(_ query: String, _ dot: String) -> String {
        query.split(separator: "{", omittingEmptySubsequences: false).enumerated().map { index, part in
            guard index > 0, let end = part.firstIndex(of: "}") else { return String(part) }
            return part[..<end].split(separator: ".").joined(separator: dot) + part[part.index(after: end)...]
        }.joined()
    }

    private static func administer<T: Sendable>(
        _ url: String, _ body: @escaping @Sendable (any MaintenanceConnection) throws -> T
    ) async throws -> T {
        let engine = PostgresEngine(
            PostgresConfiguration(url: try PostgresURL(url), applicationName: "test"), logger: SilentLog.logger)
        do {
            let value = try await engine.administer(body)
            await engine.close()
            return value
        } catch {
            await engine.close()
            throw error
        }
    }
}
