import AlmanacTestKit
import Synchronization
import Testing

@testable import AlmanacStorage

/// All or nothing, on both engines alike.
struct TransactionTests {
    @Test(arguments: TestEngine.allCases)
    func whatAClosureThrowsArrivesAndNothingIsWritten(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            await #expect(throws: Mistake()) {
                try await shop.write { tx in
                    try tx.addShelf(1, "a")
                    throw Mistake()
                }
            }
            try await shop.expect(labels: [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theFirstFailureFailsTheWholeEvenWhenItIsCaught(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let error = await failure {
                try await shop.write { tx in
                    try tx.addShelf(1, "a")
                    try? tx.addShelf(1, "b")
                    try? tx.addShelf(2, "c")
                }
            }

            #expect(error is TransactionFailed)
            #expect(storageCode(of: error) == .uniqueViolation)
            try await shop.expect(labels: [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func afterAFailureEveryStatementIsRefused(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let later = TestLog()
            _ = await failure {
                try await shop.write { tx in
                    _ = try? tx.execute(
                        "INSERT INTO \(Shop.shelves) (organization_id, nonsense) VALUES (\(Shop.north), \(1))")
                    do {
                        _ = try tx.value("SELECT 1", as: Int.self)
                    } catch {
                        later.note("\(type(of: error))")
                    }
                    do { try tx.savepoint {} } catch { later.note("\(type(of: error))") }
                    do { try tx.lock([LockKey("x", Shop.north)]) } catch { later.note("\(type(of: error))") }
                }
            }
            let all = later.all
            #expect(all.count >= 3)
            #expect(Set(all) == ["TransactionFailed"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPostedStatementThatFailsFailsTheTransaction(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let error = await failure {
                try await shop.write { tx in
                    try tx.addShelf(1, "a")
                    try tx.post(
                        "INSERT INTO \(Shop.shelves) (organization_id, id, label) VALUES (\(Shop.north), \(1), \("b"))")
                }
            }

            #expect(storageCode(of: error) == .uniqueViolation)
            try await shop.expect(labels: [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func executeTellsHowManyRowsChanged(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { tx in for id in 1...3 { try tx.addShelf(id, "s\(id)") } }

            let changed = try await shop.write { tx in
                try tx.execute(
                    "UPDATE \(Shop.shelves) SET floor = floor + 1 WHERE organization_id = \(Shop.north) AND id > \(1)")
            }
            let ignored = try await shop.write { tx in
                try tx.execute(
                    """
                    INSERT INTO \(Shop.shelves) (organization_id, id, label) VALUES (\(Shop.north), \(1), \("again"))
                    ON CONFLICT (organization_id, id) DO NOTHING
                    """)
            }

            #expect(changed == 2)
            #expect(ignored == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTransactionSeesItsOwnChangesAndOthersDoNot(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let seen = try await shop.write { tx in
                try tx.addShelf(1, "a")
                return try tx.values(
                    "SELECT label FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)", as: String.self)
            }
            #expect(seen == ["a"])
            try await shop.expect(labels: ["a"])
            try await shop.expect(labels: [], in: Shop.south)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func readingTransactionsCannotWrite(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let insert: SQL = """
                INSERT INTO \(Shop.shelves) (organization_id, id, label)
                VALUES (\(Shop.north), \(1), \("a")) RETURNING id
                """
            let error = await failure { _ = try await shop.read { try $0.value(insert, as: Int.self) } }

            #expect(storageCode(of: error) == .readOnly)
            try await shop.expect(labels: [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func timeStandsStillInATransactionAndIdentifiersAscend(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let clock = shop.test.clock
            let (before, after, ids) = try await shop.write { tx in
                let before = tx.now
                clock.advance(seconds: 10)
                return (before, tx.now, (0..<100).map { _ in tx.id(Shop.self) })
            }
            #expect(before == after)
            #expect(ids == ids.sorted())
            #expect(Set(ids).count == 100)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func identifiersSortInTheDatabaseAsInTheProgram(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let made = try await shop.write { tx in
                try tx.addShelf(1, "a")
                let ids = (0..<50).map { _ in tx.id(Shop.self) }
                for id in ids.shuffled() {
                    try tx.post(
                        """
                        INSERT INTO \(Shop.items) (organization_id, id, shelf_id, name, price)
                        VALUES (\(Shop.north), \(id), \(1), \(id.description), \(0))
                        """)
                }
                return ids
            }
            let read = try await shop.read { tx in
                try tx.values(
                    "SELECT id FROM \(Shop.items) WHERE organization_id = \(Shop.north) ORDER BY id", as: ID<Shop>.self)
            }
            #expect(read == made)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aReadSeesOneStateOfTheDatabase(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { try $0.addShelf(1, "a") }
            let (hasRead, mayGoOn) = (TestSignal(), TestSignal())
            let query: SQL = "SELECT count(*) FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)"
            async let counts = shop.read { tx in
                let first = try tx.value(query, as: Int.self)
                hasRead.send()
                mayGoOn.wait()
                return [first, try tx.value(query, as: Int.self)]
            }
            await hasRead.arrives()
            try await shop.write { try $0.addShelf(2, "b") }
            mayGoOn.send()

            #expect(try await counts == [1, 1])
            try await shop.expect(labels: ["a", "b"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func closuresRunTwiceInTestsAndCountOnce(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let runs = Mutex(0)
            try await shop.write { tx in
                runs.withLock { $0 += 1 }
                try tx.addShelf(1, "a")
            }
            #expect(runs.withLock { $0 } == 2)
            try await shop.expect(labels: ["a"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aClosedDatabaseRefuses(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            await shop.test.engine.close()
            let write = await failure { try await shop.write { try $0.addShelf(1, "a") } }
            let read = await failure { _ = try await shop.labels() }

            #expect(storageCode(of: write) == .unavailable)
            #expect(storageCode(of: read) == .unavailable)
        }
    }
}
