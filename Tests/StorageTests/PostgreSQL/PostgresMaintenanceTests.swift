import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// The connection that migrations get.
struct PostgresMaintenanceTests {
    @Test func onlyOneProcessIsAtWork() async throws {
        try await withPostgres { shop, engine in
            let (isAtWork, mayGoOn, log) = (TestSignal(), TestSignal(), TestLog())
            async let first: Void = engine.maintain { _ in
                isAtWork.send()
                mayGoOn.wait()
                log.note("first")
            }
            await isAtWork.arrives()
            async let second: Void = shop.test.engine.maintain { _ in log.note("second") }
            try await shop.waitForBlockedSession()
            mayGoOn.send()
            _ = try await (first, second)

            #expect(log.all == ["first", "second"])
        }
    }

    @Test func everyRowIsVisibleToIt() async throws {
        try await withPostgres { shop, _ in
            try await shop.write { try $0.addShelf(1, "mine") }
            try await shop.write(in: Shop.south) { try $0.addShelf(1, "theirs", in: Shop.south) }
            let labels = try await shop.test.rows("SELECT label, NULL FROM {shop.shelf} ORDER BY label")
            #expect(labels == [["mine", nil], ["theirs", nil]])
        }
    }

    @Test func aTransactionIsUndoneWhenItThrows() async throws {
        try await withPostgres { shop, engine in
            let error = await failure {
                try await engine.maintain { connection in
                    try connection.transaction {
                        try connection.run("CREATE TABLE shop.half (id bigint)")
                        throw Mistake()
                    }
                }
            }
            #expect(error is Mistake)
            let tables = try await shop.test.rows("SELECT 1 FROM pg_tables WHERE tablename = 'half'")
            #expect(tables.isEmpty)
        }
    }

    @Test func aSwallowedFailureStillFailsTheTransaction() async throws {
        try await withPostgres { shop, engine in
            let error = await failure {
                try await engine.maintain { connection in
                    try connection.transaction {
                        try connection.run("CREATE TABLE shop.half (id bigint)")
                        try? connection.run("SELEKT 1")
                    }
                }
            }
            #expect(message(of: error).contains("everything was rolled back"))
            let tables = try await shop.test.rows("SELECT 1 FROM pg_tables WHERE tablename = 'half'")
            #expect(tables.isEmpty)
        }
    }

    @Test func aFailureInALongScriptShowsTheSpot() async throws {
        try await withPostgres { _, engine in
            let script = String(repeating: "SELECT 1;\n", count: 100) + "SELECT missing_column FROM shop.shelf"
            let error = await failure { try await engine.maintain { try $0.run(script) } }
            #expect(storageCode(of: error) == .statement)
            #expect(message(of: error).contains("SELECT missing_column FROM shop.shelf"))
            #expect(message(of: error).count < 400)
        }
    }

    @Test func statementsMayTakeTheirTime() async throws {
        try await withPostgres(PostgresSettings(statementTimeout: .milliseconds(20))) { _, engine in
            let rows = try await engine.maintain { connection in
                try connection.rows("SELECT 'done' FROM pg_sleep(0.1)")
            }
            #expect(rows == [["done"]])
        }
    }
}
