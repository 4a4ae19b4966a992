import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Statements that travel together: their order, their failures, what they cost.
struct PostgresPipelineTests {
    @Test func statementsTravelTogether() async throws {
        try await withPostgres { shop, engine in
            func trips(_ body: @escaping @Sendable (Transaction) throws -> Void) async throws -> Int {
                let before = engine.roundTrips
                try await shop.write(body)
                return engine.roundTrips - before
            }

            let ofNothing = try await trips { _ in }
            let ofPosts = try await trips { tx in
                for id in 1...5 { try tx.post(.addShelf(id, "\(id)")) }
            }
            let ofABooking = try await trips { tx in
                try tx.lock([LockKey("shelf", ID<Shop>(high: 0, low: 1)), LockKey("shelf", ID<Shop>(high: 0, low: 2))])
                _ = try tx.value(.floor(of: 1), as: Int.self)
                for id in 6...9 { try tx.post(.addShelf(id, "\(id)")) }
            }
            let ofAnAttempt = try await trips { tx in
                try tx.savepoint { _ = try tx.value(.floor(of: 1), as: Int.self) }
            }
            let before = engine.roundTrips
            _ = try await shop.read { tx in try tx.value(.floor(of: 1), as: Int.self) }

            #expect(ofNothing == 0)
            #expect(ofPosts == 1)
            #expect(ofABooking == 2)
            #expect(ofAnAttempt == 2)
            #expect(engine.roundTrips - before == 1)
        }
    }

    @Test func postedStatementsKeepTheirOrder() async throws {
        try await withPostgres { shop, _ in
            let floor = try await shop.write { tx in
                try tx.post(.addShelf(1, "a"))
                for floor in 1...20 { try tx.post(.setFloor(floor, of: 1)) }
                return try tx.value(.floor(of: 1), as: Int.self)
            }
            #expect(floor == 20)
        }
    }

    @Test func aThousandPostedStatementsWithLargeAnswersDoNotJam() async throws {
        try await withPostgres { shop, _ in
            let padding = String(repeating: "x", count: 2_000)
            try await shop.write { tx in
                for id in 1...1_000 { try tx.post(.addShelf(id, "\(id) \(padding)")) }
                for _ in 1...50 {
                    try tx.post("SELECT label FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)")
                }
            }
            let count = try await shop.read { tx in
                try tx.value("SELECT count(*) FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)", as: Int.self)
            }
            #expect(count == 1_000)
        }
    }

    @Test func theFirstFailureIsTheOneReported() async throws {
        try await withPostgres { shop, _ in
            let error = await failure {
                try await shop.write { tx in
                    try tx.post(.addShelf(1, "same"))
                    try tx.post(.addShelf(2, "same"))
                    try tx.post(.addShelf(1, "key"))
                    try tx.execute(.setFloor(1, of: 1))
                }
            }
            #expect(error?.storageError?.constraint == "shelf_label_key")
        }
    }

    @Test func aPostedFailureAppearsAtTheCommit() async throws {
        try await withPostgres { shop, _ in
            let log = TestLog()
            let error = await failure {
                try await shop.write { tx in
                    tx.afterCommit { log.note("committed") }
                    try tx.post(.addShelf(1, "same"))
                    try tx.post(.addShelf(2, "same"))
                }
            }
            #expect(storageCode(of: error) == .uniqueViolation)
            #expect(log.all.isEmpty)
            try await shop.expect(labels: [])
        }
    }

    @Test func aConnectionIsAsGoodAsBeforeAfterAFailure() async throws {
        try await withPostgres { shop, _ in
            let failures: [@Sendable (Transaction) throws -> Void] = [
                { _ in throw Mistake() },
                { tx in
                    try tx.post(.addShelf(1, "a"))
                    throw Mistake()
                },
                { tx in
                    try tx.post(.raise("23514"))
                    throw Mistake()
                },
                { tx in _ = try tx.value("SELECT 'word'::text", as: Double.self) },
                { tx in try tx.execute("SELECT \("a\0b")") },
                { tx in _ = try tx.value("SELECT 1 WHERE 1 IN \(list: Array(0...65_535))", as: Int.self) },
            ]
            for body in failures {
                let error = await failure { try await shop.write(body) }
                #expect(error != nil)
                try await shop.expect(labels: [])
            }
            try await shop.write { try $0.addShelf(1, "after") }
            try await shop.expect(labels: ["after"])
        }
    }

    @Test func aStatementThatCouldNotBePreparedIsPreparedLater() async throws {
        try await withPostgres { shop, engine in
            let late = SQL(unsafeSQL: "SELECT count(*) FROM shop.late")
            let error = await failure { try await shop.writeAnywhere { _ = try $0.value(late, as: Int.self) } }
            #expect(message(of: error).contains("relation \"shop.late\" does not exist (42P01)"))

            try await shop.test.run("CREATE TABLE shop.late (id bigint); GRANT SELECT ON shop.late TO public")

            let count = try await shop.writeAnywhere { try $0.value(late, as: Int.self) }
            #expect(count == 0)
        }
    }

    @Test func aStatementThatWasSkippedIsPreparedLater() async throws {
        try await withPostgres { shop, _ in
            let error = await failure {
                try await shop.write { tx in
                    try tx.post(.raise("23514"))
                    _ = try tx.value("SELECT 6 * 7", as: Int.self)
                }
            }
            #expect(storageCode(of: error) == .checkViolation)

            let answer = try await shop.write { try $0.value("SELECT 6 * 7", as: Int.self) }
            #expect(answer == 42)
        }
    }

    @Test func preparedStatementsSurviveAChangeOfTheSchema() async throws {
        try await withPostgres { shop, _ in
            let all = SQL(unsafeSQL: "SELECT * FROM shop.wide")
            try await shop.test.run(
                "CREATE TABLE shop.wide (id bigint); GRANT SELECT ON shop.wide TO public; INSERT INTO shop.wide VALUES (7)"
            )
            let before = try await shop.writeAnywhere { try $0.value(all, as: Int.self) }

            try await shop.test.run("ALTER TABLE shop.wide ADD COLUMN more text")

            let after = try await shop.writeAnywhere { try $0.value(all, as: Int.self) }
            #expect(before == 7)
            #expect(after == 7)
        }
    }

    @Test func onlySoManyStatementsStayPrepared() async throws {
        try await withPostgres { shop, _ in
            for round in 0..<3 {
                let kept = try await shop.writeAnywhere { tx in
                    for number in 0...PreparedStatements.limit {
                        try tx.post(SQL(unsafeSQL: "SELECT \(round) + \(number)"))
                    }
                    return try tx.value("SELECT count(*) FROM pg_prepared_statement()", as: Int.self)
                }
                #expect(PreparedStatements.limit..<PreparedStatements.limit + 20 ~= kept ?? 0)
            }
        }
    }
}

extension SQL {
    fileprivate static func addShelf(_ id: Int, _ label: String) -> SQL {
        "INSERT INTO \(Shop.shelves) (organization_id, id, label) VALUES (\(Shop.north), \(id), \(label))"
    }

    fileprivate static func floor(of id: Int) -> SQL {
        "SELECT floor FROM \(Shop.shelves) WHERE organization_id = \(Shop.north) AND id = \(id)"
    }

    fileprivate static func setFloor(_ floor: Int, of id: Int) -> SQL {
        "UPDATE \(Shop.shelves) SET floor = \(floor) WHERE organization_id = \(Shop.north) AND id = \(id)"
    }
}
