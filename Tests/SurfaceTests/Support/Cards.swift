import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit

/// A plugin with an object of each kind of endpoint: cards that are listed, read, made, changed and thrown away.
struct Cards: Plugin {
    static let id: PluginID = "cards"
    static let table = Table(Self.id.namespace, "card")
    static let mayUse = Permission("cards:use")
    static let root = "/api/v1/ext/cards/cards"

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Cards",
        migrations: [
            Migration(1, "cards") {
                CreateTable(Self.table) {
                    Column("id", .uuid)
                    Column("title", .text)
                    Column("version", .integer)
                    PrimaryKey("id")
                }
            }
        ],
        permissions: [PermissionDeclaration(Self.mayUse, "Uses cards", roles: [.admin: .organization])])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        Endpoint.get("/cards", Self.list, "Lists cards.")
        Endpoint.get("/decks", Self.listDecks, "Lists cards as well.")
        Endpoint.get("/cards/{id}", Self.read, "Shows a card.")
        Endpoint.post("/cards", Self.make, "Makes a card.")
        Endpoint.post("/public-cards", Self.makePublicly, "Makes a card for anybody.")
        Endpoint.put("/cards/{id}", Self.change, "Changes a card.")
        Endpoint.put("/forgetful-cards/{id}", Self.changeBlindly, "Changes a card and forgets to look at its version.")
        Endpoint.post("/cards/{id}/stamp", Self.stamp, status: 200, "Stamps a card.")
        Endpoint.delete("/cards/{id}", Self.remove, "Throws a card away.")
        Endpoint.delete("/any-cards/{id}", Self.removeBlindly, "Throws a card away.")
            .unversioned(because: "cards are thrown away unseen.")
    }

    struct Card: Record, Codable, Versioned {
        static let columns: Columns = ["id", "title", "version"]
        let id: ID<Card>
        let title: String
        let version: Int

        init(id: ID<Card>, title: String, version: Int) {
            self.id = id
            self.title = title
            self.version = version
        }

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.title = try row.next()
            self.version = try row.next()
        }
    }

    struct ByID: APIInput { let id: ID<Card> }
    struct Draft: APIInput { let title: String }
    struct Change: APIInput {
        let id: ID<Card>
        let title: String
    }
    struct Listing: APIInput {
        let limit: Int
        let after: String?
        let title: String?

        static let constraints: [String: Constraint] = ["limit": .integer(1...100, default: 2)]
    }

    static let list = Query<Listing, Page<Card>>("cards.list", .permission(Self.mayUse)) { input, call, tx in
        try Self.page(input, call, tx)
    }
    static let listDecks = Query<Listing, Page<Card>>("decks.list", .permission(Self.mayUse)) { input, call, tx in
        try Self.page(input, call, tx)
    }
    static let read = Query<ByID, Card>("cards.read", .permission(Self.mayUse)) { input, call, tx in
        try Self.find(input.id, call, tx)
    }
    static let make = Command<Draft, Card>("cards.make", .permission(Self.mayUse)) { input, call, tx in
        try Self.insert(input.title, call, tx)
    }
    static let makePublicly = Command<Draft, Card>("cards.make-publicly", .everyone) { input, call, tx in
        try Self.insert(input.title, call, tx)
    }
    static let change = Command<Change, Card>("cards.change", .permission(Self.mayUse)) { input, call, tx in
        try call.match(version: try Self.find(input.id, call, tx.reading).version)
        return try Self.update(input.id, input.title, call, tx)
    }
    static let changeBlindly = Command<Change, Card>("cards.change-blindly", .permission(Self.mayUse)) {
        try Self.update($0.id, $0.title, $1, $2)
    }
    static let stamp = Command<ByID, Card>("cards.stamp", .permission(Self.mayUse)) { input, call, tx in
        let card = try Self.find(input.id, call, tx.reading)
        try call.match(version: card.version)
        return try Self.update(input.id, card.title + "!", call, tx)
    }
    static let remove = Command<ByID, Nothing>("cards.remove", .permission(Self.mayUse)) { input, call, tx in
        try call.match(version: try Self.find(input.id, call, tx.reading).version)
        return try Self.delete(input.id, call, tx)
    }
    static let removeBlindly = Command<ByID, Nothing>("cards.remove-blindly", .permission(Self.mayUse)) {
        try Self.delete($0.id, $1, $2)
    }

    private static func page(_ input: Listing, _ call: Call, _ tx: ReadTransaction) throws -> Page<Card> {
        var conditions: [SQL] = ["organization_id = \(call.organization)"]
        if let title = input.title { conditions.append("title = \(title)") }
        if let after = input.after { conditions.append(try Cursor(after, list: "cards", keys: 1).after(["id"])) }
        let found = try tx.fetchAll(
            """
            SELECT \(Card.columns) FROM \(Self.table) WHERE \(SQL.joined(conditions, by: " AND "))
            ORDER BY id LIMIT \(input.limit + 1)
            """, as: Card.self)
        return Page(found, limit: input.limit) { Cursor(list: "cards", keys: [$0.id.sqlValue]) }
    }

    private static func find(_ id: ID<Card>, _ call: Call, _ tx: ReadTransaction) throws -> Card {
        let found = try tx.fetchOne(
            "SELECT \(Card.columns) FROM \(Self.table) WHERE organization_id = \(call.organization) AND id = \(id)",
            as: Card.self)
        guard let found else { throw Refusal.notFound("card") }
        return found
    }

    private static func insert(_ title: String, _ call: Call, _ tx: Transaction) throws -> Card {
        let card = Card(id: tx.id(), title: title, version: 1)
        try tx.execute(
            """
            INSERT INTO \(Self.table) (organization_id, id, title, version)
            VALUES (\(call.organization), \(card.id), \(title), 1)
            """)
        return card
    }

    private static func update(_ id: ID<Card>, _ title: String, _ call: Call, _ tx: Transaction) throws -> Card {
        try tx.execute(
            """
            UPDATE \(Self.table) SET title = \(title), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        return try Self.find(id, call, tx.reading)
    }

    private static func delete(_ id: ID<Card>, _ call: Call, _ tx: Transaction) throws -> Nothing {
        try tx.execute("DELETE FROM \(Self.table) WHERE organization_id = \(call.organization) AND id = \(id)")
        return Nothing()
    }
}

extension APIClient {
    /// Makes a card and returns its address.
    func card(_ title: String = "one") async throws -> String {
        let made = try await self.post(Cards.root, ["title": .string(title)]).expect(201)
        guard let id = made["id"]?.string else { throw TestKitError("the card has no id") }
        return "\(Cards.root)/\(id)"
    }

    /// The titles of all cards, in the order in which they were made.
    func cardTitles() async throws -> [String] {
        let list = try await self.get("\(Cards.root)?limit=100").expect(200)
        return (list["items"]?.array ?? []).compactMap { $0["title"]?.string }
    }
}

/// Runs `body` with a platform that has cards, and its administrator as a client.
func withCards(
    _ engine: TestEngine, _ body: (APIClient, TestPlatform) async throws -> Void
) async throws {
    try await withPlatform(engine, plugins: [Cards.self]) { platform in
        try await body(try await platform.client(as: .admin), platform)
    }
}
