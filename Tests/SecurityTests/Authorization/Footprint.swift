import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit

/// How many rows each table holds and how often they were changed: what a refused request must leave as it is.
struct Footprint: Sendable, Equatable {
    private let facts: [String: String]

    /// The tables that are not as they were.
    func changes(since before: Footprint) -> [String] {
        self.facts.keys.sorted().filter { self.facts[$0] != before.facts[$0] }.map { table in
            "\(table): \(before.facts[table] ?? "none"), then \(self.facts[table] ?? "none")"
        }
    }
}

extension Footprint {
    /// Takes footprints of one platform.
    struct Taker: Sendable {
        /// A room, which on PostgreSQL sees its own tables only, with the question put to them.
        private let rooms: [(database: Database, question: String)]

        /// Tables in which a refused request may leave a trace.
        private static let traces = ["audit", "idempotency", "attempt", "refusal", "limit"]

        init(_ platform: TestPlatform) async throws {
            let isSQLite = platform.engine == .sqlite
            let columns = try await platform.database.rows(isSQLite ? Self.sqliteColumns : Self.postgresColumns)
            let tables = Dictionary(grouping: columns, by: { $0[0] ?? "" }).filter { name, _ in
                !Self.traces.contains { name.contains($0) }
            }
            let rooms = Dictionary(grouping: tables.keys, by: { isSQLite ? "kernel" : String($0.prefix { $0 != "." }) })
            self.rooms = rooms.map { room, names in
                let questions = names.sorted().map { name in
                    let isVersioned = (tables[name] ?? []).contains { $0[1] == "version" }
                    let changes = isVersioned ? "coalesce(sum(version), 0)" : "0"
                    return "SELECT '\(name)', CAST(count(*) AS text), CAST(\(changes) AS text) FROM \(name)"
                }
                let database = room == "kernel" ? platform.runtime.database : platform.database(of: PluginID(room))
                return (database, questions.joined(separator: " UNION ALL "))
            }
        }

        /// How it is now.
        func take() async throws -> Footprint {
            var facts: [String: String] = [:]
            for room in self.rooms {
                let scope = Scope.system(SystemScope("compare before and after"))
                let found = try await room.database.read(in: scope) { tx in
                    var found: [(String, String)] = []
                    try tx.forEach(SQL(unsafeSQL: room.question)) { row in
                        found.append(
                            (try row.next(), "\(try row.next(String.self)) rows, \(try row.next(String.self)) versions")
                        )
                    }
                    return found
                }
                for (table, fact) in found { facts[table] = fact }
            }
            return Footprint(facts: facts)
        }

        private static let sqliteColumns = """
            SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.sql NOT LIKE 'CREATE VIRTUAL%'
            """

        private static let postgresColumns = """
            SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns
            WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
            """
    }
}
