import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Savepoints where statements are posted, rooms are entered and locks are taken around them.
struct PostgresSavepointTests {
    @Test func aFailurePostedBeforeAnAttemptIsNotTheAttempts() async throws {
        try await withPostgres { shop, _ in
            let log = TestLog()
            let error = await failure {
                try await shop.write { tx in
                    try tx.post(.raise("23505"))
                    do {
                        try tx.savepoint { try tx.addShelf(1, "inside") }
                    } catch {
                        log.note("\(storageCode(of: error)?.description ?? "")")
                    }
                    try tx.addShelf(2, "after")
                }
            }
            // The attempt cannot undo it: the transaction as a whole has failed.
            #expect(log.all == ["uniqueViolation"])
            #expect(error is TransactionFailed)
            #expect(storageCode(of: error) == .uniqueViolation)
            try await shop.expect(labels: [])
        }
    }

    @Test func aFailurePostedInsideFailsTheAttemptOnly() async throws {
        try await withPostgres { shop, _ in
            try await shop.write { tx in
                try tx.post(
                    "INSERT INTO \(Shop.shelves) (organization_id, id, label) VALUES (\(Shop.north), 1, 'before')")
                let error = #expect(throws: StorageError.self) { try tx.savepoint { try tx.post(.raise("23505")) } }
                #expect(error?.code == .uniqueViolation)
                try tx.addShelf(2, "after")
            }
            try await shop.expect(labels: ["after", "before"])
        }
    }

    @Test func whatWasPostedInsideIsUndoneWithTheAttempt() async throws {
        try await withPostgres { shop, _ in
            try await shop.write { tx in
                #expect(throws: Mistake.self) {
                    try tx.savepoint {
                        try tx.post(.raise("23505"))
                        throw Mistake()
                    }
                }
                #expect(throws: Mistake.self) {
                    try tx.savepoint {
                        try tx.savepoint { try tx.addShelf(1, "inner") }
                        try tx.addShelf(2, "outer")
                        throw Mistake()
                    }
                }
                try tx.addShelf(3, "after")
            }
            try await shop.expect(labels: ["after"])
        }
    }

    @Test func theRoomIsTheRightOneAfterAnUndoneAttempt() async throws {
        let annex = Namespace("annex")
        try await withPostgres { shop, engine in
            _ = try await Migrator([MigrationHistory(annex, [])], roles: RoleSetup())
                .migrate(engine, now: Instant(microseconds: 0))
            let users = try await shop.write { tx in
                var users = [try tx.value(.currentUser, as: String.self)]
                try? tx.savepoint {
                    users.append(try tx.entering(annex).value(.currentUser))
                    throw Mistake()
                }
                // The server has gone back to the first room by itself.
                users.append(try tx.entering(annex).value(.currentUser))
                users.append(try tx.value(.currentUser))
                return users.map { $0?.split(separator: "_").last.map(String.init) }
            }
            #expect(users == ["shop", "annex", "annex", "shop"])
        }
    }

    @Test func aLockTakenInAnUndoneAttemptIsTakenAgain() async throws {
        try await withPostgres { shop, _ in
            let keys = [LockKey("shelf", ID<Shop>(high: 0, low: 1))]
            let held = SQL(
                unsafeSQL: "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            let counts = try await shop.writeAnywhere { tx in
                try? tx.savepoint {
                    try tx.lock(keys)
                    throw Mistake()
                }
                let undone = try tx.value(held, as: Int.self)
                try tx.lock(keys)
                try tx.lock(keys)
                return [undone, try tx.value(held, as: Int.self)]
            }
            #expect(counts == [0, 1])
        }
    }
}
