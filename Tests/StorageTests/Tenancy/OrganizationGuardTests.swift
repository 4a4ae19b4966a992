import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Statements that forget the organization are refused when they are first seen.
struct OrganizationGuardTests {
    static let own = Shop.north
    static let other = Shop.south

    /// Statements that constrain each table of an organization that they name.
    static let accepted: [SQL] = [
        "SELECT id FROM \(Shop.shelves) WHERE organization_id = \(Self.own)",
        "SELECT id FROM \(Shop.shelves) WHERE \(Self.own) = organization_id AND id = \(1)",
        "SELECT id FROM \(Shop.shelves) AS s WHERE s.organization_id = \(Self.own)",
        "select ID from \(Shop.shelves) s where S.ORGANIZATION_ID = \(Self.own)",
        """
        SELECT i.id FROM \(Shop.items) i
        JOIN \(Shop.shelves) s ON s.organization_id = i.organization_id AND s.id = i.shelf_id
        WHERE i.organization_id = \(Self.own)
        """,
        """
        SELECT i.id FROM \(Shop.items) i LEFT JOIN \(Shop.shelves) s
            ON i.organization_id = s.organization_id AND s.id = i.shelf_id
        WHERE i.organization_id = \(Self.own)
        """,
        """
        SELECT a.id FROM \(Shop.shelves) a JOIN \(Shop.samples) b USING (organization_id, id)
        WHERE a.organization_id = \(Self.own)
        """,
        """
        SELECT id FROM \(Shop.shelves) WHERE organization_id = \(Self.own)
            AND id IN (SELECT shelf_id FROM \(Shop.items) WHERE organization_id = \(Self.own))
        """,
        """
        SELECT id FROM \(Shop.shelves) s WHERE s.organization_id = \(Self.own) AND EXISTS
            (SELECT 1 FROM \(Shop.items) i WHERE i.organization_id = s.organization_id AND i.shelf_id = s.id)
        """,
        """
        WITH cheap AS (SELECT shelf_id FROM \(Shop.items) WHERE organization_id = \(Self.own) AND price < \(5))
        SELECT s.id FROM \(Shop.shelves) s JOIN cheap ON cheap.shelf_id = s.id WHERE s.organization_id = \(Self.own)
        """,
        "SELECT id FROM \(Shop.shelves) WHERE organization_id = \(Self.own) \(SQL.forUpdate)",
        "INSERT INTO \(Shop.shelves) (organization_id, id, label) VALUES (\(Self.own), \(1), \("it's"))",
        """
        INSERT INTO \(Shop.shelves) (organization_id, id, label) VALUES (\(Self.own), \(1), \("a"))
        ON CONFLICT (organization_id, id) DO UPDATE SET label = excluded.label
        """,
        """
        INSERT INTO \(Shop.shelves) AS known (organization_id, id, label) VALUES (\(Self.own), \(1), \("a"))
        ON CONFLICT (organization_id, id) DO UPDATE SET label = known.label
        """,
        """
        INSERT INTO \(Shop.shelves) (organization_id, id, label)
        SELECT organization_id, id + 100, label || '2' FROM \(Shop.shelves) WHERE organization_id = \(Self.own)
        """,
        "UPDATE \(Shop.shelves) SET floor = \(1) WHERE organization_id = \(Self.own)",
        "DELETE FROM \(Shop.shelves) WHERE organization_id = \(Self.own) AND id = \(1)",
        "SELECT text FROM \(Shop.notices)",
        "INSERT INTO \(Shop.notices) (id, text) VALUES (\(1), \("organization"))",
        "SELECT 1",
    ]

    /// Statements with what is said about them.
    static let refused: [(SQL, String)] = [
        ("SELECT id FROM \(Shop.shelves)", "does not constrain organization_id of shop.shelf"),
        (
            "SELECT organization_id FROM \(Shop.shelves) ORDER BY organization_id",
            "does not constrain organization_id of shop.shelf"
        ),
        ("SELECT id FROM \(Shop.shelves) WHERE id = \(1)", "does not constrain organization_id of shop.shelf"),
        (
            "SELECT id FROM \(Shop.shelves) WHERE label = 'organization_id = 1'",
            "does not constrain organization_id of shop.shelf"
        ),
        (
            "SELECT id FROM \(Shop.shelves) -- WHERE organization_id = 1\n",
            "does not constrain organization_id of shop.shelf"
        ),
        (
            "SELECT id FROM \(Shop.shelves) /* organization_id = 1 */",
            "does not constrain organization_id of shop.shelf"
        ),
        (
            "SELECT id FROM \(Shop.shelves) WHERE organization_id <> \(Self.own)",
            "does not constrain organization_id of shop.shelf"
        ),
        (
            """
            SELECT i.id FROM \(Shop.items) i JOIN \(Shop.shelves) s ON s.id = i.shelf_id
            WHERE i.organization_id = \(Self.own)
            """,
            "does not constrain organization_id of shop.shelf"
        ),
        (
            """
            SELECT id FROM \(Shop.shelves)
            WHERE organization_id = \(Self.own) AND id IN (SELECT shelf_id FROM \(Shop.items))
            """,
            "does not constrain organization_id of"
        ),
        (
            """
            SELECT id FROM \(Shop.shelves)
            UNION ALL SELECT shelf_id FROM \(Shop.items) WHERE organization_id = \(Self.own)
            """,
            "does not constrain organization_id of"
        ),
        (
            "WITH cheap AS (SELECT shelf_id FROM \(Shop.items)) SELECT shelf_id FROM cheap",
            "does not constrain organization_id of shop.item"
        ),
        (
            "INSERT INTO \(Shop.shelves) (id, label) VALUES (\(1), \("a"))",
            "inserts into shop.shelf without organization_id"
        ),
        (
            "INSERT INTO \(Shop.shelves) AS known (id, label) VALUES (\(1), \("a"))",
            "inserts into shop.shelf without organization_id"
        ),
        (
            "INSERT INTO \(Shop.shelves) AS organization_id VALUES (\(Self.own), \(1))",
            "inserts into shop.shelf without organization_id"
        ),
        (
            "INSERT INTO \(Shop.shelves) VALUES (\(Self.own), \(1), \("a"), \(0))",
            "inserts into shop.shelf without organization_id"
        ),
        (
            """
            INSERT INTO \(Shop.shelves) (organization_id, id, label)
            SELECT organization_id, id + 1, label FROM \(Shop.shelves)
            """, "does not constrain organization_id of shop.shelf"
        ),
        ("UPDATE \(Shop.shelves) SET floor = \(1)", "does not constrain organization_id of shop.shelf"),
        ("DELETE FROM \(Shop.shelves)", "does not constrain organization_id of shop.shelf"),
        ("SELECT id FROM shop_shelf WHERE organization_id = \(Self.own)", "names the table shop_shelf as text"),
        ("SELECT id FROM \"shop_shelf\" WHERE organization_id = \(Self.own)", "names the table shop_shelf as text"),
        ("SELECT id FROM shop.shelf WHERE organization_id = \(Self.own)", "names the table shop as text"),
        ("UPDATE shop_shelf SET floor = 1 WHERE organization_id = \(Self.own)", "names the table shop_shelf as text"),
        ("DELETE FROM shop_shelf WHERE organization_id = \(Self.own)", "names the table shop_shelf as text"),
        ("INSERT INTO shop_shelf (organization_id, id) VALUES (\(Self.own), 1)", "names the table shop_shelf as text"),
    ]

    @Test(arguments: TestEngine.allCases)
    func statementsThatConstrainTheOrganizationRun(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            for statement in Self.accepted {
                let error = await failure { try await shop.write { _ = try $0.execute(statement) } }
                #expect(error == nil, "\(statement.shown)")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func statementsThatForgetItAreRefused(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            for (statement, reason) in Self.refused {
                for again in 1...2 {
                    let error = await failure { try await shop.write { _ = try $0.execute(statement) } }
                    #expect(storageCode(of: error) == .organizationMissing, "\(statement.shown), time \(again)")
                    #expect(message(of: error).contains(reason), "\(statement.shown)")
                }
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func readingIsGuardedToo(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let error = await failure {
                _ = try await shop.read { try $0.values("SELECT label FROM \(Shop.shelves)", as: String.self) }
            }
            #expect(storageCode(of: error) == .organizationMissing)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anotherOrganizationThanTheTransactionsIsRefused(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write(in: Self.other) { try $0.addShelf(1, "theirs", in: Self.other) }
            let statements: [SQL] = [
                "SELECT label FROM \(Shop.shelves) WHERE organization_id = \(Self.other)",
                "INSERT INTO \(Shop.shelves) (organization_id, id, label) VALUES (\(Self.other), \(2), \("a"))",
                "UPDATE \(Shop.shelves) SET label = \("mine") WHERE organization_id = \(Self.other)",
                "DELETE FROM \(Shop.shelves) WHERE organization_id = \(Self.own) OR organization_id = \(Self.other)",
            ]
            for statement in statements {
                let error = await failure { try await shop.write { _ = try $0.execute(statement) } }
                #expect(storageCode(of: error) == .organizationMismatch, "\(statement.shown)")
            }
            try await shop.expect(labels: ["theirs"], in: Self.other)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func thePlatformsOwnWorkSeesAllOrganizations(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { try $0.addShelf(1, "a") }
            try await shop.write(in: Self.other) { try $0.addShelf(1, "b", in: Self.other) }

            let labels = try await shop.database.read(in: .system(SystemScope("count shelves"))) { tx in
                try tx.values("SELECT label FROM \(Shop.shelves) ORDER BY label", as: String.self)
            }
            try await shop.database.write(in: .system(SystemScope("move shelves"))) { tx in
                _ = try tx.execute("UPDATE \(Shop.shelves) SET label = label || '!'")
            }

            #expect(labels == ["a", "b"])
            try await shop.expect(labels: ["a!"])
            try await shop.expect(labels: ["b!"], in: Self.other)
        }
    }
}

extension SQL {
    /// The statement as it reads on SQLite, for failures.
    fileprivate var shown: String { SQLDialect.sqlite.render(self.text) }
}
