import Testing

@testable import AlmanacKernel

struct PermissionPatternTests {
    @Test(arguments: ["bookings:create", "bookings:*", "*:read", "*:*", "api-keys:manage"])
    func readsWhatItWrites(_ text: String) throws {
        #expect(try #require(PermissionPattern(text)).description == text)
    }

    @Test(arguments: [
        "", "*", "bookings", "bookings:", ":read", "bookings:read:all", "book*:read", "Bookings:read", "bookings:**",
        "bookings: read", "bücher:read", "bookings:\u{FF0A}", "bookings:rea\u{0301}d",
    ])
    func refusesEverythingElse(_ text: String) {
        #expect(PermissionPattern(text) == nil)
    }

    @Test func aPatternCoversWhatItMeansAndNoMore() throws {
        func covers(_ wide: String, _ narrow: String) throws -> Bool {
            try #require(PermissionPattern(wide)).covers(try #require(PermissionPattern(narrow)))
        }
        #expect(try covers("*:*", "bookings:*"))
        #expect(try covers("bookings:*", "bookings:read"))
        #expect(try covers("*:read", "bookings:read"))
        #expect(try !covers("bookings:read", "bookings:*"))
        #expect(try !covers("bookings:*", "*:read"))
        #expect(try !covers("bookings:*", "customers:read"))
        // Several patterns never make a wider one: what is declared later would be given without anybody having it.
        #expect(try !covers("*:read", "*:*"))
    }

    @Test func wildcardsMeanWhatIsDeclared() throws {
        let permissions = [Permission("a:read"), Permission("a:write"), Permission("b:read")]
        let plugin = LoadedPlugin(
            declaration: Declaration(
                id: "p", version: "1.0.0", summary: "P",
                permissions: permissions.map { PermissionDeclaration($0, "x", roles: [.customer: .own]) }
                    + [PermissionDeclaration(Permission("c:read"), "x", roles: [:], category: "other")]),
            contributions: Contributions())
        let catalog = PermissionCatalog([plugin])
        func expanded(_ pattern: String) throws -> [String] {
            catalog.expand(try #require(PermissionPattern(pattern))).map(\.name).sorted()
        }

        #expect(try expanded("a:*") == ["a:read", "a:write"])
        #expect(try expanded("*:write") == ["a:write"])
        #expect(try expanded("b:read") == ["b:read"])
        #expect(try expanded("b:write").isEmpty)
        let readable = [
            "a:read", "audit:read", "b:read", "c:read", "deployment:read", "limits:read", "operations:read",
            "roles:read", "users:read",
        ]
        #expect(try expanded("*:read") == readable)
        #expect(try expanded("*:*").count == 4 + KernelPermissions.declarations.count)
        #expect(catalog.declared(for: .customer).count == 3)
        #expect(catalog.entries.filter { $0.category == "p" }.count == 3)
        #expect(catalog.entries.first { $0.category == "other" }?.permission.name == "c:read")
    }
}
