import AlmanacTestKit
import Foundation

@testable import AlmanacStorage

extension TestDatabase {
    /// The whole schema as the database itself writes it down: what `pg_dump` says, or SQLite's own table.
    func schemaText() async throws -> String {
        switch self.place {
        case .sqlite:
            let rows = try await self.rows(
                """
                SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1
                """)
            return rows.compactMap { $0.first.flatMap { $0 } }.joined(separator: "\n")
        case .postgres(let url):
            let bytes = try await onOwnThread {
                var bytes: [UInt8] = []
                try PostgresPrograms(PostgresConfiguration(url: url))
                    .run("pg_dump", ["--schema-only", "--no-password"]) { bytes += $0 }
                return bytes
            }
            // A word that is drawn anew for each dump.
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict") }.joined(separator: "\n")
        }
    }
}
