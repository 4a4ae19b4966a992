import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// What PostgreSQL itself refuses, should a statement slip past the guard.
struct RowSecurityTests {
    /// Passes the guard, which reads words: `organization_id = organization_id` constrains nothing.
    private static let loophole: SQL =
        "SELECT label FROM \(Shop.shelves) WHERE organization_id = organization_id ORDER BY label"

    private func withTwoOrganizations(_ body: (Shop) async throws -> Void) async throws {
        try await withShop(.postgres) { shop in
            try await shop.write { try $0.addShelf(1, "mine") }
            try await shop.write(in: Shop.south) { try $0.addShelf(1, "theirs", in: Shop.south) }
            try await body(shop)
        }
    }

    @Test func rowsOfOthersAreInvisible() async throws {
        try await self.withTwoOrganizations { shop in
            let own = try await shop.read { try $0.values(Self.loophole, as: String.self) }
            let theirs = try await shop.read(in: Shop.south) { try $0.values(Self.loophole, as: String.self) }

            #expect(own == ["mine"])
            #expect(theirs == ["theirs"])
        }
    }

    @Test func rowsOfOthersAreNotChanged() async throws {
        try await self.withTwoOrganizations { shop in
            let changed = try await shop.write { tx in
                try tx.execute("UPDATE \(Shop.shelves) SET floor = \(9) WHERE organization_id = organization_id")
            }
            #expect(changed == 1)
        }
    }

    @Test func rowsForOthersAreRefused() async throws {
        try await self.withTwoOrganizations { shop in
            let insert = SQL(
                unsafeSQL: "INSERT INTO \(SQL.tableMark)shop.shelf\(SQL.tableMark) (organization_id, id, label) "
                    + "VALUES ('\(Shop.south)', 2, 'forged')")
            let error = await failure { try await shop.write { _ = try $0.execute(insert) } }

            #expect(storageCode(of: error) == .organizationMismatch)
            try await shop.expect(labels: ["theirs"], in: Shop.south)
        }
    }

    @Test func anEarlierTransactionLeavesNoOrganizationBehind() async throws {
        try await self.withTwoOrganizations { shop in
            // One connection after the other is used again; none may remember whom it served.
            for organization in [Shop.north, Shop.south, Shop.north] {
                let setting = try await shop.read(in: organization) { tx in
                    try tx.value("SELECT current_setting('almanac.organization', true)", as: String.self)
                }
                #expect(setting == organization.description)
            }
            let setting = try await shop.database.read(in: .system(SystemScope("look"))) { tx in
                try tx.value("SELECT coalesce(current_setting('almanac.organization', true), '')", as: String.self)
            }
            #expect(setting == "")
        }
    }

    @Test("v5.0.0-13.2.2 the tables of a plugin are closed to all others")
    func roomsAreClosedToOtherRooms() async throws {
        let annex = Namespace("annex")
        try await withTestDatabase(.postgres, migrations: [Shop.history, MigrationHistory(annex, [])]) { test in
            let error = await failure {
                _ = try await test.database(in: annex).read(in: .organization(Shop.north)) { tx in
                    try tx.values(Self.loophole, as: String.self)
                }
            }
            #expect(message(of: error).contains("permission denied"))
        }
    }

    @Test func theRoleOfTheTestsIsBoundByIt() async throws {
        try await withShop(.postgres) { shop in
            let rows = try await shop.test.rows(
                "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
            #expect(rows == [["f", "f"]])
        }
    }
}
