import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// A small schema with one of everything, in two organizations.
struct Shop {
    static let room = Namespace("shop")
    static let shelves = Table(Self.room, "shelf")
    static let items = Table(Self.room, "item")
    static let samples = Table(Self.room, "sample")
    static let notices = Table(Self.room, "notice", ownership: .deployment)

    static let north = OrganizationID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_000A)
    static let south = OrganizationID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_000B)

    static let history = MigrationHistory(
        Self.room,
        [
            Migration(1, "shelves and items") {
                CreateTable(Self.shelves) {
                    Column("id", .integer)
                    Column("label", .text)
                    Column("floor", .integer, default: "0")
                    PrimaryKey("id")
                    Unique("label")
                }
                CreateTable(Self.items) {
                    Column("id", .uuid)
                    Column("shelf_id", .integer)
                    Column("name", .text)
                    Column("price", .integer)
                    PrimaryKey("id")
                    ForeignKey("shelf_id", references: Self.shelves)
                    Check("price", "price >= 0")
                }
                CreateIndex(on: Self.items, "shelf_id", "name", unique: true, where: "price > 0")
            },
            Migration(2, "one column of each type") {
                CreateTable(Self.samples) {
                    Column("id", .integer)
                    Column("uuid", .uuid, optional: true)
                    Column("text", .text, optional: true)
                    Column("integer", .integer, optional: true)
                    Column("real", .real, optional: true)
                    Column("boolean", .boolean, optional: true)
                    Column("instant", .instant, optional: true)
                    Column("date", .date, optional: true)
                    Column("time", .time, optional: true)
                    Column("json", .json, optional: true)
                    Column("bytes", .bytes, optional: true)
                    PrimaryKey("id")
                }
                CreateTable(Self.notices) {
                    Column("id", .integer)
                    Column("text", .text)
                    PrimaryKey("id")
                }
            },
        ])

    let test: TestDatabase
    let database: Database

    /// Which engine it is on.
    var engine: TestEngine { self.test.kind }

    @discardableResult
    func write<T: Sendable>(
        in organization: OrganizationID = Self.north, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await self.database.write(in: .organization(organization), body)
    }

    func read<T: Sendable>(
        in organization: OrganizationID = Self.north, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        try await self.database.read(in: .organization(organization), body)
    }

    /// The labels of an organization's shelves, sorted.
    func labels(in organization: OrganizationID = Self.north) async throws -> [String] {
        try await self.read(in: organization) { tx in
            try tx.values("SELECT label FROM \(Self.shelves) WHERE organization_id = \(organization) ORDER BY label")
        }
    }

    /// Expects an organization to have shelves with these labels, in the order of their bytes.
    func expect(
        labels: [String], in organization: OrganizationID = Self.north,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await self.labels(in: organization)
        #expect(found == labels, sourceLocation: sourceLocation)
    }
}

extension Transaction {
    /// Inserts a shelf into the organization of the transaction.
    func addShelf(_ id: Int, _ label: String, in organization: OrganizationID = Shop.north) throws {
        try self.execute(
            "INSERT INTO \(Shop.shelves) (organization_id, id, label) VALUES (\(organization), \(id), \(label))")
    }

    /// Inserts an item into the organization of the transaction.
    func addItem(_ name: String, on shelf: Int, price: Int = 1, in organization: OrganizationID = Shop.north) throws {
        let id: ID<Shop> = self.id()
        try self.execute(
            """
            INSERT INTO \(Shop.items) (organization_id, id, shelf_id, name, price)
            VALUES (\(organization), \(id), \(shelf), \(name), \(price))
            """)
    }
}

/// Runs `body` with an empty shop.
func withShop<T>(
    _ engine: TestEngine, rehearses: Bool = true, setup: TestDatabase.Setup = TestDatabase.Setup(),
    _ body: (Shop) async throws -> T
) async throws -> T {
    var setup = setup
    setup.pooler = Surroundings.pooler
    return try await withTestDatabase(engine, template: DatabaseTemplate([Shop.history]), setup: setup) { test in
        try await body(Shop(test: test, database: test.database(in: Shop.room, rehearses: rehearses)))
    }
}

/// The code of a storage error, or `nil` for any other outcome.
func storageCode(of error: (any Error)?) -> StorageError.Code? { error?.storageError?.code }

/// What an error says; empty when there is none.
func message(of error: (any Error)?) -> String { error.map { "\($0)" } ?? "" }

/// The error that `body` throws.
func failure(of body: () async throws -> Void) async -> (any Error)? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}

/// A mistake of the caller's own.
struct Mistake: Error, Equatable {}
