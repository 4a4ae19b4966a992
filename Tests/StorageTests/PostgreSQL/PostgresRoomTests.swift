import Testing

@testable import AlmanacStorage

/// Roles of rooms, and what row-level security is told.
struct PostgresRoomTests {
    private static let annex = Namespace("annex")

    private func withAnnex(
        usesRoles: Bool = true, _ body: (Shop, PostgresEngine) async throws -> Void
    ) async throws {
        try await withPostgres(PostgresSettings(usesRoles: usesRoles)) { shop, engine in
            _ = try await Migrator([MigrationHistory(Self.annex, [])], roles: usesRoles ? RoleSetup() : nil)
                .migrate(engine, now: Instant(microseconds: 0))
            try await body(shop, engine)
        }
    }

    @Test func codeRunsUnderTheRoleOfItsRoom() async throws {
        try await self.withAnnex { shop, engine in
            let database = try #require(try shop.url.database)
            let users = try await shop.write { tx in
                [
                    try tx.value(.currentUser, as: String.self),
                    try tx.entering(Self.annex).value(.currentUser),
                    try tx.value(.currentUser),
                ]
            }
            let alone = try await shop.database(on: engine, in: Self.annex).read(in: .organization(Shop.north)) { tx in
                try tx.value(.currentUser, as: String.self)
            }
            #expect(users == ["\(database)_shop", "\(database)_annex", "\(database)_shop"])
            #expect(alone == "\(database)_annex")
        }
    }

    @Test func aPostedStatementRunsInTheRoomThatPostedIt() async throws {
        try await self.withAnnex { shop, _ in
            let error = await failure {
                try await shop.write { tx in
                    try tx.post("SELECT label FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)")
                    try tx.entering(Self.annex)
                        .post("SELECT label FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)")
                }
            }
            #expect(message(of: error).contains("permission denied for"))
        }
    }

    @Test func withoutRolesRowSecurityStillHolds() async throws {
        try await self.withAnnex(usesRoles: false) { shop, _ in
            try await shop.write { try $0.addShelf(1, "mine") }
            try await shop.write(in: Shop.south) { try $0.addShelf(1, "theirs", in: Shop.south) }
            let (user, labels) = try await shop.write { tx in
                (
                    try tx.value("SELECT current_user = session_user", as: Bool.self),
                    try tx.values(
                        "SELECT label FROM \(Shop.shelves) WHERE organization_id = organization_id", as: String.self)
                )
            }
            #expect(user == true)
            #expect(labels == ["mine"])
        }
    }

    @Test func aRoomWithoutRoleSaysWhatToDo() async throws {
        try await withPostgres { shop, engine in
            let database = shop.database(on: engine, in: Namespace("nowhere"))
            let error = await failure {
                _ = try await database.read(in: .organization(Shop.north)) { try $0.value("SELECT 1", as: Int.self) }
            }
            #expect(storageCode(of: error) == .unavailable)
            #expect(message(of: error).contains("_nowhere\" does not exist"))
            #expect(message(of: error).contains("Run the migrations"))
        }
    }

    @Test func theSystemSeesEveryOrganization() async throws {
        try await withPostgres { shop, _ in
            try await shop.write { try $0.addShelf(1, "mine") }
            try await shop.write(in: Shop.south) { try $0.addShelf(1, "theirs", in: Shop.south) }
            let count = try await shop.writeAnywhere { tx in
                try tx.value("SELECT count(*) FROM \(Shop.shelves)", as: Int.self)
            }
            #expect(count == 2)
        }
    }

    @Test func nothingOfATransactionStaysOnItsConnection() async throws {
        try await withPostgres { shop, engine in
            _ = await failure { try await shop.write { _ = try $0.execute(.raise("23514")) } }
            try await shop.writeAnywhere { try $0.execute("SELECT 1") }
            let settings = try await shop.write { tx in
                try tx.value("SELECT coalesce(current_setting('almanac.scope', true), '')", as: String.self)
            }
            #expect(settings == "")
        }
    }
}
