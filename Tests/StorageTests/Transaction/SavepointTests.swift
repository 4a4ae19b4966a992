import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Attempts inside a transaction that may fail without failing it.
struct SavepointTests {
    @Test(arguments: TestEngine.allCases)
    func aFailedAttemptIsUndoneAndTheRestStays(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let caught = try await shop.write { tx in
                try tx.addShelf(1, "a")
                var caught: StorageError.Code?
                do {
                    try tx.savepoint {
                        try tx.addShelf(2, "b")
                        try tx.addShelf(1, "again")
                    }
                } catch { caught = error.storageError?.code }
                try tx.addShelf(3, "c")
                return caught
            }
            #expect(caught == .uniqueViolation)
            try await shop.expect(labels: ["a", "c"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anAttemptUndoesWhatItsCallerThrows(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { tx in
                try? tx.savepoint {
                    try tx.addShelf(1, "a")
                    throw Mistake()
                }
                try tx.savepoint { try tx.addShelf(2, "b") }
            }
            try await shop.expect(labels: ["b"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func attemptsNest(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { tx in
                try tx.savepoint {
                    try tx.addShelf(1, "outer")
                    try? tx.savepoint {
                        try tx.addShelf(2, "middle")
                        try? tx.savepoint {
                            try tx.addShelf(3, "inner")
                            throw Mistake()
                        }
                        try tx.addShelf(4, "middle still")
                        throw Mistake()
                    }
                    try tx.addShelf(5, "outer still")
                }
            }
            try await shop.expect(labels: ["outer", "outer still"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aFailureSwallowedInsideAnAttemptFailsTheAttempt(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { tx in
                try tx.addShelf(1, "a")
                let error = #expect(throws: TransactionFailed.self) {
                    try tx.savepoint {
                        try tx.addShelf(2, "b")
                        try? tx.addShelf(1, "again")
                    }
                }
                #expect(storageCode(of: error) == .uniqueViolation)
            }
            try await shop.expect(labels: ["a"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPostedStatementThatFailsInsideAnAttemptFailsTheAttempt(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let code = try await shop.write { tx in
                try tx.addShelf(1, "a")
                var code: StorageError.Code?
                do {
                    try tx.savepoint {
                        try tx.post(
                            """
                            INSERT INTO \(Shop.shelves) (organization_id, id, label)
                            VALUES (\(Shop.north), \(1), \("b"))
                            """)
                    }
                } catch { code = error.storageError?.code }
                try tx.addShelf(3, "c")
                return code
            }
            #expect(code == .uniqueViolation)
            try await shop.expect(labels: ["a", "c"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func actionsRunAfterTheCommitInOrder(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let log = TestLog()
            try await shop.write { tx in
                tx.afterCommit { log.note("first") }
                try tx.addShelf(1, "a")
                tx.afterCommit { log.note("second") }
                log.note("closure")
            }
            // The closure runs twice, the first time in vain.
            #expect(log.all == ["closure", "closure", "first", "second"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func actionsOfWhatIsUndoneNeverRun(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let log = TestLog()
            _ = await failure {
                try await shop.write { tx in
                    tx.afterCommit { log.note("of a closure that threw") }
                    throw Mistake()
                }
            }
            _ = await failure {
                try await shop.write { tx in
                    tx.afterCommit { log.note("of a transaction that failed") }
                    try tx.addShelf(1, "a")
                    try? tx.addShelf(1, "again")
                }
            }
            try await shop.write { tx in
                try? tx.savepoint {
                    tx.afterCommit { log.note("of an attempt that failed") }
                    throw Mistake()
                }
                try tx.savepoint { tx.afterCommit { log.note("of an attempt") } }
            }
            #expect(log.all == ["of an attempt"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func actionsSeeWhatWasCommitted(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let committed = TestSignal()
            try await shop.write { tx in
                try tx.addShelf(1, "a")
                tx.afterCommit { committed.send() }
            }
            await committed.arrives()
            try await shop.expect(labels: ["a"])
        }
    }
}
