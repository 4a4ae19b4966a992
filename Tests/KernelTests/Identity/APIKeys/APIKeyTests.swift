import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What a key may do: never more than its scopes, its maker, or its owner as they are now.
struct APIKeyTests {
    private static func create(
        _ platform: TestPlatform, _ scopes: [String] = ["notes:*"], days: Int = 90, as member: TestMember = .provider,
        in place: TestPlace = .north
    ) async throws -> APIKeys.Issued {
        try await platform.runtime.identity.apiKeys.create(
            APIKeys.Draft(name: "Website", scopes: scopes, days: days), try platform.call(as: member, in: place))
    }

    private static func principal(
        _ platform: TestPlatform, _ issued: APIKeys.Issued
    ) async throws -> (OrganizationID, SignedInUser)? {
        try await platform.runtime.identity.principal(for: issued.token)
    }

    private static func list(
        _ platform: TestPlatform, as member: TestMember, in place: TestPlace = .north
    ) async throws -> [ID<APIKey>] {
        let keys = platform.runtime.identity.apiKeys
        let query = Query<Void, [APIKey]>("list", .signedIn) { _, _, tx in try keys.list(after: nil, limit: 10, in: tx)
        }
        return try await platform.run(query, of: "kernel", (), as: member, in: place).map(\.id)
    }

    private static func revoke(
        _ platform: TestPlatform, _ key: ID<APIKey>, as member: TestMember, in place: TestPlace = .north
    ) async throws {
        let keys = platform.runtime.identity.apiKeys
        let command = Command<ID<APIKey>, Bool>("revoke", .signedIn) { key, _, tx in
            try keys.revoke(key, in: tx)
            return true
        }
        _ = try await platform.run(command, of: "kernel", key, as: member, in: place)
    }

    private func withNotes(_ engine: TestEngine, _ body: (TestPlatform) async throws -> Void) async throws {
        try await withPlatform(engine, plugins: [Notes.self], body)
    }

    @Test(arguments: TestEngine.allCases)
    func actsForItsOwnerWithinItsScopes(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            for place in TestPlace.allCases {
                let issued = try await Self.create(platform, ["notes:read"], in: place)
                let found = try #require(try await Self.principal(platform, issued))
                let owner = try platform.user(.provider, in: place)
                let organization = try platform.organization(place).id

                #expect(found.0 == organization)
                #expect(found.1.id == owner.id)
                #expect(found.1.person == owner.person)
                #expect(found.1.session == nil)
                #expect(found.1.apiKey == issued.key.id)
                #expect(found.1.grants.names == ["notes:read"])
                #expect(found.1.grants.scope(of: Notes.canRead) == .assigned)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func canDoNoMoreThanItsMaker(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            let refused = await refusal {
                _ = try await Self.create(
                    platform, ["notes:read", "api-keys:manage", "nonsense", "other:*"], as: .admin)
            }
            #expect(refused?.fields.map(\.pointer) == ["/scopes/1", "/scopes/2", "/scopes/3"])
            #expect(refused?.fields.map(\.code) == ["scope_not_held", "scope_invalid", "scope_not_held"])
            let all = try await Self.create(platform, ["*", "*"], as: .admin)
            #expect(all.key.scopes == ["*"])
            // A key never manages keys, users or roles, whoever made it.
            let names = try #require(try await Self.principal(platform, all)).1.grants.names
            #expect(names.filter { $0.hasPrefix("notes:") } == ["notes:read", "notes:write"])
            #expect(names.contains("audit:read"))
            #expect(Set(names).isDisjoint(with: KernelPermissions.personal.map(\.name)))
        }
    }

    @Test("v5.0.0-8.3.1 losing a role narrows a key at once", arguments: TestEngine.allCases)
    func narrowsWithItsOwner(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            let issued = try await Self.create(platform, ["notes:*"], as: .admin)
            #expect(try await Self.principal(platform, issued)?.1.grants.scope(of: Notes.canWrite) == .organization)
            let (north, admin) = (try platform.organization().id, try platform.user(.admin).id)
            for role in ["customer", nil] {
                try await platform.runtime.database.write(in: .organization(north)) { tx in
                    try tx.execute(
                        "DELETE FROM \(UserRole.table) WHERE organization_id = \(north) AND user_id = \(admin)")
                    guard let role else { return }
                    _ = try tx.execute(
                        """
                        INSERT INTO \(UserRole.table) (organization_id, user_id, role, created_at)
                        VALUES (\(north), \(admin), \(role), \(tx.now))
                        """)
                }
                platform.clock.advance(microseconds: 1_000_001)
                let grants = try await Self.principal(platform, issued)?.1.grants
                #expect(grants?.scope(of: Notes.canWrite) == (role == nil ? nil : .own))
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func endsAtItsHourAndWithItsOwner(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            let short = try await Self.create(platform, days: 1)
            let long = try await Self.create(platform, days: 365)
            platform.clock.set(short.key.expiresAt.adding(microseconds: -1))
            #expect(try await Self.principal(platform, short) != nil)
            platform.clock.advance(microseconds: 1)
            #expect(try await Self.principal(platform, short) == nil)
            #expect(try await Self.principal(platform, long) != nil)
            #expect(short.key.expiresAt == TestClock.start.adding(seconds: 86_400))

            let (north, person) = (try platform.organization().id, try platform.person(.provider))
            try await platform.runtime.database.write(in: .organization(north)) { tx in
                _ = try tx.execute(
                    """
                    UPDATE \(Person.table) SET archived_at = \(tx.now)
                    WHERE organization_id = \(north) AND id = \(person)
                    """)
            }
            platform.clock.advance(seconds: 2)
            #expect(try await Self.principal(platform, long) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aGrantOfItsOwnerIsOverAtExactlyItsExpiryAlsoWhereItIsRemembered(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let end = access.platform.clock.now.adding(microseconds: 500_000)
            try await access.grant("notes:write", "organization", to: .customer, until: end, as: admin).expect(201)
            let issued = try await Self.create(access.platform, as: .customer)
            func reach() async throws -> AccessScope? {
                try await Self.principal(access.platform, issued)?.1.grants.scope(of: Notes.canWrite)
            }
            #expect(try await reach() == .organization)

            access.platform.clock.advance(microseconds: 499_999)
            #expect(try await reach() == .organization)
            access.platform.clock.advance(microseconds: 1)
            #expect(try await reach() == .own)
        }
    }

    @Test("v5.0.0-7.4.2 the keys of a disabled account are of no use", arguments: TestEngine.allCases)
    func isOfNoUseWithoutItsAccount(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            let issued = try await Self.create(platform)
            let owner = try platform.user(.provider).id
            try await platform.runtime.database.write(in: .system(SystemScope("switch off"))) { tx in
                _ = try tx.execute("UPDATE \(User.table) SET is_active = \(false) WHERE id = \(owner)")
            }

            #expect(try await Self.principal(platform, issued) == nil)
        }
    }

    @Test("v5.0.0-7.4.1 a revoked key is refused by the next request", arguments: TestEngine.allCases)
    func isRevokedAtOnce(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            let (first, second) = (try await Self.create(platform), try await Self.create(platform))
            for issued in [first, second] { #expect(try await Self.principal(platform, issued) != nil) }
            try await Self.revoke(platform, first.key.id, as: .provider)
            // The clock stands still: nothing but the revocation can have emptied the memory.
            #expect(try await Self.principal(platform, first) == nil)
            #expect(try await Self.principal(platform, second) != nil)
            let again = await refusal { try await Self.revoke(platform, first.key.id, as: .provider) }
            #expect(again?.code == "not_found")
        }
    }

    @Test("v5.0.0-8.2.2 users see and revoke their own keys only", arguments: TestEngine.allCases)
    func belongsToItsOwner(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            let mine = try await Self.create(platform, as: .provider)
            let theirs = try await Self.create(platform, as: .customer)
            let elsewhere = try await Self.create(platform, as: .provider, in: .south)

            #expect(try await Self.list(platform, as: .provider) == [mine.key.id])
            #expect(try await Self.list(platform, as: .provider, in: .south) == [elsewhere.key.id])
            #expect(try await Self.list(platform, as: .admin) == [theirs.key.id, mine.key.id])
            #expect(try await Self.list(platform, as: .otherCustomer).isEmpty)
            let unknown = ID<APIKey>(high: 1, low: 1)
            for (key, member) in [
                (theirs.key.id, TestMember.provider), (elsewhere.key.id, .provider), (elsewhere.key.id, .admin),
                (unknown, .admin),
            ] {
                let refused = await refusal { try await Self.revoke(platform, key, as: member) }
                #expect(refused?.code == "not_found")
                #expect(refused?.message == "there is no such API key")
            }
            try await Self.revoke(platform, theirs.key.id, as: .admin)
            #expect(try await Self.principal(platform, theirs) == nil)
            #expect(try await Self.principal(platform, elsewhere) != nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func useIsWrittenDownOnceAMinute(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            let issued = try await Self.create(platform)
            let identity = platform.runtime.identity
            var seen: [Int64?] = []
            for seconds in [2, 30, 61, 63] as [Int64] {
                platform.clock.set(TestClock.start.adding(seconds: seconds))
                _ = try await Self.principal(platform, issued)
                await identity.keyActivity.settle()
                let rows = try await platform.database.rows("SELECT last_used_at FROM {kernel.api_key}")
                let used = rows.first?.first?.flatMap { $0 }.flatMap { Int64($0) }
                seen.append(used.map { ($0 - TestClock.start.microseconds) / 1_000_000 })
            }
            #expect(seen == [2, 2, 2, 63])
        }
    }

    @Test("v5.0.0-13.3.1 only a digest of the key is stored", arguments: TestEngine.allCases)
    func isStoredAsADigest(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            let issued = try await Self.create(platform)
            let hash = engine == .sqlite ? "hex(token_hash)" : "encode(token_hash, 'hex')"
            let canonical = engine == .sqlite ? "CAST(canonical AS TEXT)" : "convert_from(canonical, 'UTF8')"
            let rows =
                try await platform.database.rows("SELECT name, scopes, hint, \(hash) FROM {kernel.api_key}")
                + (try await platform.database.rows("SELECT \(canonical) FROM {kernel.audit_entry}"))
            let text = rows.map { $0.map { $0 ?? "" }.joined(separator: " ") }.joined(separator: "\n")
            let secret = issued.token.reveal().dropFirst(16)
            let hex = Array(issued.token.reveal().utf8).map { String($0, radix: 16) }.joined()

            #expect(text.contains("kernel.api-key.created"))
            #expect(!text.contains(secret))
            #expect(!text.lowercased().contains(hex))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func entriesNameTheKey(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            let issued = try await Self.create(platform, as: .admin)
            let (organization, user) = try #require(try await Self.principal(platform, issued))
            let call = Call(organization: organization, principal: .user(user), origin: Origin(.test))
            _ = try await platform.runtime.invoker.run(Notes.write, of: Notes.id, Notes.Draft(text: "x"), as: call)
            let canonical = engine == .sqlite ? "CAST(canonical AS TEXT)" : "convert_from(canonical, 'UTF8')"
            let rows = try await platform.database.rows(
                "SELECT actor, \(canonical) FROM {kernel.audit_entry} WHERE action = 'notes.write'")

            #expect(rows.first?[0] == "user:\(user.id)")
            #expect(rows.first?[1]?.contains(#""detail":{"apiKey":"\#(issued.key.id)"}"#) == true, "\(rows)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aUserHasNotMoreThanAHundred(_ engine: TestEngine) async throws {
        try await self.withNotes(engine) { platform in
            let codes = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<(APIKeys.limit + 10) {
                    group.addTask { await refusal { _ = try await Self.create(platform) }?.code }
                }
                return await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(codes.filter { $0 == nil }.count == APIKeys.limit)
            #expect(codes.filter { $0 == "too_many_keys" }.count == 10)
            _ = try await Self.create(platform, as: .customer)
            _ = try await Self.create(platform, in: .south)
        }
    }
}
