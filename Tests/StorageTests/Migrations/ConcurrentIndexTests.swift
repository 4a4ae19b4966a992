import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Indexes that are built while others write.
struct ConcurrentIndexTests {
    private static let index = CreateIndex(on: Garden.beds, "name")
    private static let unique = CreateIndex(on: Garden.beds, "name", unique: true)
    private static let building = Migration(3, "find beds by name", kind: .concurrentIndex) { Self.index }
    private static let all = [Garden.first, Garden.second, Self.building]

    /// Whether the index is there, and whether it works.
    private static let state = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('garden.bed_name_idx')"

    /// Builds while a transaction is open that has written to the table, and returns whether another writer waited.
    private func writerWaits(
        _ build: @escaping @Sendable (Garden) async throws -> Void
    ) async throws -> Bool {
        var waited = false
        try await withGarden(.postgres) { garden in
            let (written, free, isBuilt) = (TestSignal(), TestSignal(), TestSignal())
            async let slow: Void = garden.database.write(in: .organization(Shop.north)) { tx in
                try tx.execute(
                    "UPDATE \(Garden.beds) SET name = 'slow' WHERE organization_id = \(Shop.north) AND id = 1")
                written.send()
                free.wait()
            }
            await written.arrives()
            async let building: Void = {
                try await build(garden)
                isBuilt.send()
            }()
            try await garden.awaitWaiting(1)
            let isWriting = TestSignal()
            async let writer: Void = {
                try await garden.addBeds(100...100)
                isWriting.send()
            }()
            // Either the writer is done, or it stands behind whoever builds.
            for _ in 0..<2_000 where !isWriting.hasArrived {
                if try await garden.waitingCount() >= 2 { break }
            }
            waited = !isWriting.hasArrived
            #expect(!isBuilt.hasArrived)
            free.send()
            _ = try await (slow, building, writer)
        }
        return waited
    }

    @Test func writersGoOnWhileAnIndexIsBuilt() async throws {
        let waited = try await self.writerWaits { try await $0.migrate(Self.all) }
        #expect(!waited)
    }

    @Test func anOrdinaryIndexStopsThem() async throws {
        let waited = try await self.writerWaits { garden in
            let engine = try #require(garden.test.engine as? PostgresEngine)
            try await engine.administer { connection in
                for statement in Self.index.statements(postgres: true) { try connection.run(statement) }
            }
        }
        #expect(waited)
    }

    /// The session that builds is ended in the middle, as when its host is killed and the server notices.
    @Test func anIndexThatWasLeftHalfDoneIsMadeAnew() async throws {
        try await withGarden(.postgres) { garden in
            let (written, free) = (TestSignal(), TestSignal())
            async let slow: Void = garden.database.write(in: .organization(Shop.north)) { tx in
                try tx.execute(
                    "UPDATE \(Garden.beds) SET name = 'slow' WHERE organization_id = \(Shop.north) AND id = 1")
                written.send()
                free.wait()
            }
            await written.arrives()
            async let building = failure { try await garden.migrate(Self.all) }
            try await garden.awaitWaiting(1)
            let engine = try #require(garden.test.engine as? PostgresEngine)
            try await engine.administer { connection in
                try connection.run(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND starts_with(query, 'CREATE INDEX CONCURRENTLY')
                    """)
            }
            let error = await building
            free.send()
            try await slow
            let left = try await garden.test.rows(Self.state)
            let applied = try await garden.migrate(Self.all)
            let made = try await garden.test.rows(Self.state)

            #expect(error != nil)
            #expect(left == [["f"]])
            #expect(applied.map(\.number) == [3])
            #expect(made == [["t"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func doubleRowsAreNamedAndNothingIsLeft(_ engine: TestEngine) async throws {
        let all = [
            Garden.first, Garden.second,
            Migration(3, "names of beds are unique", kind: .concurrentIndex) { Self.unique },
        ]
        try await withGarden(engine) { garden in
            try await garden.test.run(
                "UPDATE \(engine == .postgres ? "garden.bed" : "garden_bed") SET name = 'secret' WHERE id IN (3, 5)")
            let error = await failure { try await garden.migrate(all) }
            let names =
                engine == .postgres
                ? "SELECT relname FROM pg_class WHERE relname = 'bed_name_key'"
                : "SELECT name FROM sqlite_schema WHERE name = 'garden_bed_name_key'"
            let left = try await garden.test.rows(names)
            try await garden.test.run(
                "DELETE FROM \(engine == .postgres ? "garden.bed" : "garden_bed") WHERE id = 5")
            let applied = try await garden.migrate(all)

            let text = message(of: error)
            #expect(storageCode(of: error) == .uniqueViolation)
            #expect(text.contains("migration 3 (names of beds are unique) of garden: rows of garden.bed agree in"))
            #expect(text.contains("4 rows in 2 groups"))
            #expect(text.contains("id 3"))
            #expect(text.contains("id 5"))
            #expect(!text.contains("secret"))
            #expect(left.isEmpty)
            #expect(applied.map(\.number) == [3])
        }
    }
}

extension Garden {
    /// How many sessions of this database wait for a lock.
    func waitingCount() async throws -> Int {
        let engine = try #require(self.test.engine as? PostgresEngine)
        let rows = try await engine.administer { connection in
            try connection.rows(
                """
                SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE NOT l.granted AND a.datname = current_database()
                """)
        }
        return Int(rows.first?.first.flatMap { $0 } ?? "") ?? 0
    }
}
