import AlmanacKernel
import AlmanacStorage
import AlmanacSurface

/// What hangs on a board: a plugin with a resource of the console, as somebody else would write it.
struct Notices: Plugin {
    static let table = Table(Namespace("notices"), "notice")
    static let mayRead = Permission("notices:read")
    static let mayManage = Permission("notices:manage")

    static let declaration = Declaration(
        id: "notices", version: "1.0.0", summary: "Notices",
        migrations: [
            Migration(1, "notices") {
                CreateTable(Self.table) {
                    Column("id", .uuid)
                    Column("title", .text)
                    Column("body", .text, optional: true)
                    Column("state", .text)
                    Column("price", .integer)
                    Column("made_at", .instant)
                    Column("version", .integer)
                    PrimaryKey("id")
                }
            }
        ],
        permissions: [
            PermissionDeclaration(
                Self.mayRead, "Reads notices", roles: [.provider: .organization, .admin: .organization]),
            PermissionDeclaration(Self.mayManage, "Hangs notices up", roles: [.admin: .organization]),
        ])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        Endpoint.get("/notices", Self.list, "Lists notices.")
        Endpoint.get("/notices/{id}", Self.read, "Shows a notice.")
        Endpoint.post("/notices", Self.make, "Hangs a notice up.")
        Endpoint.put("/notices/{id}", Self.replace, "Replaces a notice.")
        Endpoint.post("/notices/{id}/publish", Self.publish, status: 200, "Publishes a notice.")
        ConsoleResource("notices", ["en": "Notices", "de": "Aushänge für {customers}"], list: .init(Self.list))
            .one(["en": "notice", "de": "Aushang"])
            .columns("title", .badge("state"), "price", "madeAt", "body")
            .shown(by: .init(Self.read))
            .created(by: .init(Self.make))
            .edited(by: .init(Self.replace))
            .acting(ConsoleAction(.init(Self.publish), ["en": "Publish", "de": "Veröffentlichen"], isBulk: true))
            .hiding("secretNote")
            .audited(as: "notice")
        ConsoleMenuEntry("Drafts", to: "notices", with: ["state": "draft"])
        ConsoleChart("notices-by-state", ["en": "By state", "de": "Nach Zustand"], of: .init(Self.list))
            .bars(by: "state").beside("notices").atHome(order: 2)
        ConsoleChart("prices-per-day", "Prices per day", of: .init(Self.list))
            .line(by: "madeAt", showing: "price").beside("notices")
        ConsoleChart("drafts", "Drafts", of: .init(Self.list))
            .asking(["state": "draft"]).beside("notices").atHome(order: 1)
    }

    // MARK: Operations

    enum State: String, CaseIterable, APIValue { case draft, published }

    struct Notice: Record, Codable, Versioned {
        static let columns: Columns = ["id", "title", "body", "state", "price", "made_at", "version"]
        let id: ID<Notice>
        let title: String
        let body: String?
        let state: State
        let price: Money
        let madeAt: Instant
        let version: Int
        let allowed: [String]

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.title = try row.next()
            self.body = try row.nextIfPresent()
            let state: String = try row.next()
            self.state = State(rawValue: state) ?? .draft
            self.price = try Money(amount: try row.next(), currency: "EUR")
            self.madeAt = try row.next()
            self.version = try row.next()
            self.allowed = self.state == .draft ? ["publish"] : []
        }
    }

    struct ByID: APIInput { let id: ID<Notice> }

    struct Draft: APIInput {
        let title: String
        let body: String?
        let price: Money
        static let constraints: [String: Constraint] = [
            "title": .text(3...300, "What it says in large."), "price": .integer(0...100_000),
        ]
    }

    struct Replacement: APIInput {
        let id: ID<Notice>
        let title: String
        let body: String?
        let price: Money
        let secretNote: String?
        static let constraints = Draft.constraints
    }

    struct Listing: APIInput {
        let limit: Int
        let after: String?
        let q: String?
        let state: State?
        static let constraints: [String: Constraint] = [
            "limit": .pageLength, "after": .pageStart, "q": .text(1...100, "What the title is."),
        ]
    }

    static let list = Query<Listing, Page<Notice>>("notices.list", .permission(Self.mayRead)) { input, call, tx in
        _ = try tx.filter(Self.mayRead)
        var conditions: [SQL] = ["organization_id = \(call.organization)"]
        if let q = input.q { conditions.append("title = \(q)") }
        if let state = input.state { conditions.append("state = \(state.rawValue)") }
        if let after = input.after { conditions.append(try Cursor(after, list: "notices", keys: 1).after(["id"])) }
        let found = try tx.fetchAll(
            """
            SELECT \(Notice.columns) FROM \(Self.table) WHERE \(SQL.joined(conditions, by: " AND "))
            ORDER BY id LIMIT \(input.limit + 1)
            """, as: Notice.self)
        return Page(found, limit: input.limit) { Cursor(list: "notices", keys: [$0.id.sqlValue]) }
    }
    static let read = Query<ByID, Notice>("notices.read", .permission(Self.mayRead)) { input, call, tx in
        try Self.find(input.id, call, tx)
    }
    static let make = Command<Draft, Notice>("notices.make", .permission(Self.mayManage)) { input, call, tx in
        let id: ID<Notice> = tx.id()
        try tx.execute(
            """
            INSERT INTO \(Self.table) (organization_id, id, title, body, state, price, made_at, version)
            VALUES (\(call.organization), \(id), \(input.title), \(input.body), 'draft', \(input.price.amount),
                \(tx.now), 1)
            """)
        try tx.audit("notices.notice.made", object: .init("notice", id))
        return try Self.find(id, call, tx.reading)
    }
    static let replace = Command<Replacement, Notice>("notices.replace", .permission(Self.mayManage)) {
        input, call, tx in
        try call.match(version: try Self.find(input.id, call, tx.reading).version)
        try tx.execute(
            """
            UPDATE \(Self.table) SET title = \(input.title), body = \(input.body), price = \(input.price.amount),
                version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(input.id)
            """)
        try tx.audit("notices.notice.replaced", object: .init("notice", input.id))
        return try Self.find(input.id, call, tx.reading)
    }
    static let publish = Command<ByID, Notice>("notices.publish", .permission(Self.mayManage)) { input, call, tx in
        let notice = try Self.find(input.id, call, tx.reading)
        try call.match(version: notice.version)
        guard notice.state == .draft else { throw Refusal(.conflict, "already_published", "it hangs there already") }
        try tx.execute(
            """
            UPDATE \(Self.table) SET state = 'published', version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(input.id)
            """)
        try tx.audit("notices.notice.published", object: .init("notice", input.id))
        return try Self.find(input.id, call, tx.reading)
    }

    private static func find(_ id: ID<Notice>, _ call: Call, _ tx: ReadTransaction) throws -> Notice {
        let found = try tx.fetchOne(
            "SELECT \(Notice.columns) FROM \(Self.table) WHERE organization_id = \(call.organization) AND id = \(id)",
            as: Notice.self)
        guard let found else { throw Refusal.notFound("notice") }
        return found
    }
}
