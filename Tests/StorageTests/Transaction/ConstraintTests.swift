import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// A violated constraint reads the same on both engines: plugins decide by code and name.
struct ConstraintTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: StorageError.Code
        /// Without a name where SQLite tells none.
        let constraint: String?
        let write: @Sendable (Transaction) throws -> Void

        init(
            _ name: String, _ code: StorageError.Code, _ constraint: String?,
            _ write: @escaping @Sendable (Transaction) throws -> Void
        ) {
            self.testDescription = name
            self.code = code
            self.constraint = constraint
            self.write = write
        }
    }

    static let cases: [Case] = [
        Case("unique", .uniqueViolation, "shelf_label_key") { try $0.addShelf(2, "a") },
        Case("primary key", .uniqueViolation, "shelf_pkey") { try $0.addShelf(1, "b") },
        Case("unique index with a condition", .uniqueViolation, "item_shelf_id_name_key") { tx in
            try tx.addItem("pen", on: 1)
            try tx.addItem("pen", on: 1)
        },
        Case("check", .checkViolation, "item_price_check") { try $0.addItem("pen", on: 1, price: -1) },
        Case("not null", .notNullViolation, "shelf.label") { tx in
            try tx.execute(
                """
                INSERT INTO \(Shop.shelves) (organization_id, id, label)
                VALUES (\(Shop.north), \(9), \(nil as String?))
                """)
        },
        Case("row pointed at is missing", .foreignKeyViolation, nil) { try $0.addItem("pen", on: 7) },
        Case("row is still pointed at", .foreignKeyViolation, nil) { tx in
            try tx.addItem("pen", on: 1)
            try tx.execute("DELETE FROM \(Shop.shelves) WHERE organization_id = \(Shop.north) AND id = \(1)")
        },
        Case("time of day beyond midnight", .checkViolation, nil) { tx in
            try tx.execute(
                "INSERT INTO \(Shop.samples) (organization_id, id, time) VALUES (\(Shop.north), \(1), \(1_441))")
        },
    ]

    @Test(arguments: TestEngine.allCases, Self.cases)
    func violationsHaveOneCodeAndName(_ engine: TestEngine, _ violation: Case) async throws {
        try await withShop(engine) { shop in
            try await shop.write { try $0.addShelf(1, "a") }

            let thrown = await failure { try await shop.write(violation.write) }

            let error = try #require(thrown?.storageError)
            #expect(error.code == violation.code)
            if let name = violation.constraint { #expect(error.constraint == name) }
            try await shop.expect(labels: ["a"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func messagesCarryNoValues(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { try $0.addShelf(1, "secret") }
            for violation in [
                await failure { try await shop.write { try $0.addShelf(2, "secret") } },
                await failure {
                    try await shop.write { _ = try $0.execute("SELECT \("secret") FROM nothing_\(unsafe: "x")") }
                },
            ] {
                #expect(violation != nil)
                #expect(!message(of: violation).contains("secret"))
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func keysAreUniqueWithinAnOrganizationOnly(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { try $0.addShelf(1, "a") }
            try await shop.write(in: Shop.south) { try $0.addShelf(1, "a", in: Shop.south) }

            try await shop.expect(labels: ["a"])
            try await shop.expect(labels: ["a"], in: Shop.south)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRowCannotPointIntoAnotherOrganization(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { try $0.addShelf(1, "a") }

            let error = await failure {
                try await shop.write(in: Shop.south) { try $0.addItem("pen", on: 1, in: Shop.south) }
            }

            #expect(storageCode(of: error) == .foreignKeyViolation)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aWrongStatementIsNamedAsOurMistake(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let error = await failure { try await shop.write { _ = try $0.value("SELEKT 1", as: Int.self) } }

            #expect(storageCode(of: error) == .statement)
            #expect(message(of: error).contains("SELEKT 1"))
        }
    }
}

extension SQL.Interpolation {
    /// Text that is pasted: for statements that are wrong on purpose.
    mutating func appendInterpolation(unsafe text: String) { self.appendLiteral(text) }
}
