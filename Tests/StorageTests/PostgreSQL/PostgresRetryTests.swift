import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Which transactions are begun again, and which errors their callers see.
struct PostgresRetryTests {
    @Test func aDeadlockIsResolvedByRepeatingOneTransaction() async throws {
        try await withPostgres(PostgresSettings(poolSize: 2)) { shop, _ in
            try await shop.write { tx in
                try tx.addShelf(1, "a")
                try tx.addShelf(2, "b")
            }
            let (meeting, attempts) = (Meeting(of: 2), TestLog())
            @Sendable func raise(_ first: Int, then second: Int) async throws {
                let attemptsOfThis = TestLog()
                try await shop.write { tx in
                    attempts.note("attempt")
                    attemptsOfThis.note("attempt")
                    let step: (Int) -> SQL = {
                        "UPDATE \(Shop.shelves) SET floor = floor + 1 WHERE organization_id = \(Shop.north) AND id = \($0)"
                    }
                    try tx.execute(step(first))
                    if attemptsOfThis.all.count == 1 { meeting.attend() }
                    try tx.execute(step(second))
                }
            }
            async let one: Void = raise(1, then: 2)
            async let other: Void = raise(2, then: 1)
            _ = try await (one, other)

            let floors = try await shop.read { tx in
                try tx.values("SELECT floor FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)", as: Int.self)
            }
            #expect(floors == [2, 2])
            // Usually three; more when the one repeated comes back before the other has gone on.
            #expect(attempts.all.count > 2)
        }
    }

    @Test func aConflictThatDoesNotEndIsReportedAfterSixAttempts() async throws {
        try await withPostgres { shop, _ in
            let attempts = TestLog()
            let error = await failure {
                try await shop.write { tx in
                    attempts.note("attempt")
                    try tx.execute(.raise("40001"))
                }
            }
            #expect(storageCode(of: error) == .serialization)
            #expect(attempts.all.count == 6)
        }
    }

    @Test func aConflictIsRepeatedAlsoWhenTheClosureThrowsSomethingElse() async throws {
        try await withPostgres { shop, _ in
            let (attempts, committed) = (TestLog(), TestLog())
            try await shop.write { tx in
                attempts.note("attempt")
                tx.afterCommit { committed.note("committed") }
                guard attempts.all.count == 1 else { return try tx.addShelf(1, "a") }
                do { try tx.execute(.raise("40P01")) } catch { throw Mistake() }
            }
            #expect(attempts.all.count == 2)
            #expect(committed.all.count == 1)
            try await shop.expect(labels: ["a"])
        }
    }

    @Test(arguments: ["23505", "57014", "P0001"])
    func otherFailuresAreNotRepeated(_ state: String) async throws {
        try await withPostgres { shop, _ in
            let attempts = TestLog()
            let error = await failure {
                try await shop.write { tx in
                    attempts.note("attempt")
                    try tx.execute(.raise(state))
                }
            }
            #expect(error != nil)
            #expect(attempts.all.count == 1)
        }
    }

    @Test(
        arguments: [
            ("23505", .uniqueViolation), ("23503", .foreignKeyViolation), ("23001", .foreignKeyViolation),
            ("23514", .checkViolation), ("23P01", .exclusionViolation), ("23502", .notNullViolation),
            ("40001", .serialization), ("57014", .timeout), ("55P03", .timeout), ("25006", .readOnly), ("53100", .full),
            ("53200", .unavailable), ("57P03", .unavailable), ("08006", .unavailable), ("22021", .invalidText),
            ("22P05", .invalidText), ("22003", .statement), ("42P01", .statement), ("42501", .statement),
            ("P0001", .statement),
        ] as [(String, StorageError.Code)])
    func statesBecomeCodes(_ state: String, _ code: StorageError.Code) async throws {
        try await withPostgres { shop, _ in
            let error = await failure { try await shop.write { _ = try $0.execute(.raise(state)) } }
            #expect(storageCode(of: error) == code)
        }
    }

    @Test func aValueThatDoesNotFitIsNotRepeatedInTheMessage() async throws {
        try await withPostgres { shop, _ in
            let error = await failure {
                try await shop.write { _ = try $0.value("SELECT \("secret")::uuid", as: String.self) }
            }
            #expect(storageCode(of: error) == .statement)
            #expect(message(of: error).contains("22P02"))
            #expect(!message(of: error).contains("secret"))
        }
    }

    @Test func aStatementThatTakesTooLongIsStopped() async throws {
        try await withPostgres(PostgresSettings(statementTimeout: .milliseconds(50))) { shop, _ in
            let error = await failure { try await shop.write { _ = try $0.execute("SELECT pg_sleep(30)") } }
            #expect(storageCode(of: error) == .timeout)
            #expect(message(of: error).contains("pg_sleep"))
        }
    }

    @Test func aLockThatIsNotFreedIsGivenUp() async throws {
        try await withPostgres(PostgresSettings(poolSize: 2, lockTimeout: .milliseconds(50))) { shop, _ in
            let (isHeld, mayGoOn) = (TestSignal(), TestSignal())
            let keys = [LockKey("shelf", ID<Shop>(high: 0, low: 1))]
            async let holder: Void = shop.write { tx in
                try tx.lock(keys)
                try tx.execute("SELECT 1")
                isHeld.send()
                mayGoOn.wait()
            }
            await isHeld.arrives()
            let error = await failure {
                try await shop.write { tx in
                    try tx.lock(keys)
                    try tx.addShelf(1, "a")
                }
            }
            mayGoOn.send()
            try await holder

            #expect(storageCode(of: error) == .timeout)
            #expect(message(of: error).contains("a lock was not free in time"))
            try await shop.expect(labels: [])
        }
    }
}
