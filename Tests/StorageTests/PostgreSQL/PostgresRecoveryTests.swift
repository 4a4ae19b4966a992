import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Connections that break, and servers that are not there.
struct PostgresRecoveryTests {
    /// Without roles a session may end itself.
    private func withSessionsThatQuit(_ body: (Shop, PostgresEngine) async throws -> Void) async throws {
        try await withPostgres(PostgresSettings(usesRoles: false), body)
    }

    @Test func everyConnectionRecoversAfterTheServerEndedIt() async throws {
        try await withPostgres(PostgresSettings(poolSize: 4)) { shop, engine in
            for round in 1...3 {
                // All four are open and idle when they are ended.
                let meeting = Meeting(of: 4)
                try await withThrowingTaskGroup { group in
                    for _ in 1...4 {
                        group.addTask {
                            try await shop.write { tx in
                                try tx.execute("SELECT 1")
                                meeting.attend()
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                try await shop.terminateSessions()

                try await withThrowingTaskGroup { group in
                    for id in 1...12 {
                        group.addTask {
                            // Posted, so that everything travels with the commit: it must not end as "unknown".
                            try await shop.write { tx in
                                try tx.post(
                                    """
                                    INSERT INTO \(Shop.shelves) (organization_id, id, label)
                                    VALUES (\(Shop.north), \(round * 100 + id), \("\(round) \(id)"))
                                    """)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let labels = try await shop.labels()
            #expect(labels.count == 36)
        }
    }

    @Test func aConnectionKnowsThatItWasEndedBeforeItIsUsed() async throws {
        try await withPostgres { shop, _ in
            let pipeline = try PostgresPipeline(PostgresConfiguration(url: try shop.url), SilentLog.logger)
            let isUsableAtFirst = pipeline.isUsable()
            try await shop.terminateSessions()

            #expect(isUsableAtFirst)
            #expect(!pipeline.isUsable())
        }
    }

    @Test func aReadRecoversToo() async throws {
        try await withPostgres { shop, _ in
            try await shop.write { try $0.addShelf(1, "a") }
            try await shop.terminateSessions()
            try await shop.expect(labels: ["a"])
        }
    }

    @Test func aTransactionThatLosesItsConnectionIsBegunAgain() async throws {
        try await self.withSessionsThatQuit { shop, _ in
            let (attempts, committed) = (TestLog(), TestLog())
            try await shop.write { tx in
                attempts.note("attempt")
                tx.afterCommit { committed.note("committed") }
                try tx.addShelf(1, "a")
                if attempts.all.count == 1 { try tx.execute(.quit) }
            }
            #expect(attempts.all.count == 2)
            #expect(committed.all.count == 1)
            try await shop.expect(labels: ["a"])
        }
    }

    @Test func aConnectionLostBeforeTheServerCameToTheCommitIsNoDoubt() async throws {
        try await self.withSessionsThatQuit { shop, _ in
            let attempts = TestLog()
            try await shop.write { tx in
                attempts.note("attempt")
                try tx.post("INSERT INTO \(Shop.shelves) (organization_id, id, label) VALUES (\(Shop.north), 1, 'a')")
                if attempts.all.count == 1 { try tx.post(.quit) }
            }
            #expect(attempts.all.count == 2)
            try await shop.expect(labels: ["a"])
        }
    }

    @Test func aTransactionThatAlwaysLosesItsConnectionIsGivenUp() async throws {
        try await self.withSessionsThatQuit { shop, _ in
            let attempts = TestLog()
            let error = await failure {
                try await shop.write { tx in
                    attempts.note("attempt")
                    try tx.execute(.quit)
                }
            }
            #expect(storageCode(of: error) == .unavailable)
            #expect(attempts.all.count == 3)
        }
    }

    @Test func aConnectionLostDuringTheCommitLeavesADoubtAndIsNotRepeated() async throws {
        try await withPostgres { shop, _ in
            try await shop.test.run(
                """
                CREATE FUNCTION shop.quit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(30); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER quit AFTER INSERT ON shop.shelf DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION shop.quit()
                """)
            let (attempts, committed) = (TestLog(), TestLog())
            let error = await failure {
                try await shop.write { tx in
                    attempts.note("attempt")
                    tx.afterCommit { committed.note("committed") }
                    try tx.addShelf(1, "a")
                }
            }
            #expect(storageCode(of: error) == .outcomeUnknown)
            #expect(attempts.all.count == 1)
            #expect(committed.all.isEmpty)
            // The connection is replaced.
            try await shop.expect(labels: [])
        }
    }

    @Test func aServerThatIsNotThereIsNamedWithoutThePassword() async throws {
        let url = try PostgresURL("postgres://clerk:s3cr3t-pw@127.0.0.1:1/records")
        try await withPostgres(PostgresSettings(poolSize: 2, url: url)) { shop, _ in
            // More callers than connections: those who wait are told at once.
            let errors = await withTaskGroup { group in
                for _ in 1...8 { group.addTask { await failure { try await shop.write { try $0.addShelf(1, "a") } } } }
                return await group.reduce(into: [(any Error)?]()) { $0.append($1) }
            }
            for error in errors {
                #expect(storageCode(of: error) == .unavailable)
                #expect(message(of: error).contains("cannot reach the database records at 127.0.0.1:1"))
                #expect(!message(of: error).contains("s3cr3t-pw"))
            }
        }
    }

    @Test func aWrongPasswordIsNotRepeatedInTheMessage() async throws {
        try await withPostgres { shop, _ in
            let right = try shop.url
            let place = "\(right.host ?? ""):\(right.port ?? "")/\(right.database ?? "")"
            let wrong = try PostgresURL("postgres://\(right.user ?? ""):wr0ng-pw@\(place)")
            try await withPostgres(PostgresSettings(url: wrong)) { shop, engine in
                let errors = [
                    await failure { try await shop.write { try $0.addShelf(1, "a") } },
                    await failure { try await engine.maintain { _ in } },
                ]
                for error in errors {
                    #expect(storageCode(of: error) == .unavailable)
                    #expect(message(of: error).contains("password authentication failed"))
                    #expect(!message(of: error).contains("wr0ng-pw"))
                }
            }
        }
    }

    @Test func aClosedEngineRefusesEverything() async throws {
        try await withPostgres { shop, engine in
            try await shop.write { try $0.addShelf(1, "a") }
            await engine.close()
            await engine.close()
            for error in [
                await failure { try await shop.write { try $0.addShelf(2, "b") } },
                await failure { _ = try await shop.labels() },
                await failure { try await engine.maintain { _ in } },
            ] { #expect(storageCode(of: error) == .unavailable) }
        }
    }
}
