import AlmanacStorage
import AlmanacTestKit
import Logging
import Synchronization
import Testing

@testable import AlmanacKernel

/// What it costs to find out who a token belongs to and what they may do: the same, however many others there are.
struct LookupTests {
    /// Statements as they were asked.
    private final class Watch: Sendable {
        private let seen = Mutex<[SQL]>([])

        var statements: [SQL] { self.seen.withLock { $0 } }

        func note(_ sql: SQL) { self.seen.withLock { $0.append(sql) } }
    }

    /// A host that remembers nothing yet, and whose statements are seen.
    private func host(_ platform: TestPlatform, _ watch: Watch) throws -> Runtime {
        try Runtime(
            assembling: Assembler([Notes.self]), enabled: [EnabledPlugin(Notes.id)],
            database: Database(
                engine: platform.database.engine, namespace: .kernel, clock: platform.clock,
                ids: platform.database.ids, observer: { watch.note($0) }),
            hasher: PasswordHasher(cost: .forTests, random: SeededRandom(seed: 1)), random: SeededRandom(seed: 2),
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
    }

    // MARK: Plans

    /// The parts of statements' plans in which whole tables are read.
    private func scans(_ statements: [SQL], _ platform: TestPlatform) async throws -> [String] {
        let isPostgres = platform.engine == .postgres
        let database = platform.runtime.database.entering(.kernel)
        return try await database.write(in: .system(SystemScope("explain"))) { tx in
            var found: [String] = []
            for statement in statements {
                var explained = SQL(unsafeSQL: isPostgres ? "EXPLAIN " : "EXPLAIN QUERY PLAN ")
                explained.append(statement)
                try tx.reading.forEach(explained) { row in
                    if isPostgres {
                        let line: String = try row.next()
                        if Self.isScanOnPostgres(line) { found.append(line) }
                    } else {
                        for _ in 0..<3 { _ = try row.next() as Int }
                        let line: String = try row.next()
                        if Self.isScanOnSQLite(line) { found.append(line) }
                    }
                }
            }
            return found
        }
    }

    /// Whether a line of a plan says that a whole table is read.
    ///
    /// Common table expressions are, and hold what was found by keys. A Bloom filter is built from all rows of a table.
    private static func isScanOnSQLite(_ line: String) -> Bool {
        if line.hasPrefix("BLOOM FILTER ") { return true }
        return line.hasPrefix("SCAN ") && !["SCAN f", "SCAN found", "SCAN chain", "SCAN shown"].contains(line)
            && !line.hasPrefix("SCAN CONSTANT ROW")
    }

    /// The table of epochs has one row for each organization that has changed its roles.
    private static func isScanOnPostgres(_ line: String) -> Bool {
        line.contains("Seq Scan on ") && !line.contains("Seq Scan on access_epoch")
    }

    @Test(arguments: TestEngine.allCases)
    func tokensAreFoundByKeysAlsoWithStatistics(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let platform = access.platform
            let sessions = SessionFixture(platform: platform)
            let before = try await sessions.signIn()
            let present = try await sessions.refresh(before.refresh)
            let key = try await platform.runtime.identity.apiKeys.create(
                APIKeys.Draft(name: "k", scopes: ["notes:read"], days: 1), try platform.call(as: .provider))
            try await Crowd.settle(in: platform)
            let watch = Watch()
            let identity = try self.host(platform, watch).identity

            for token in [before.access, present.access] { #expect(try await identity.principal(for: token) != nil) }
            identity.forget(keepingRoles: false)
            #expect(try await identity.principal(for: key.token) != nil)
            #expect(try await identity.principal(for: AccessToken(random: SeededRandom(seed: 9))) == nil)
            _ = try await identity.refresh(
                present.refresh.reveal(), in: present.organization, origin: SessionFixture.origin)

            #expect(watch.statements.count > 6)
            let scans = try await self.scans(watch.statements, platform)
            #expect(scans == [])
            // The negative control: what no index helps with is seen as a scan.
            let scan: SQL = "SELECT id FROM \(Session.table) WHERE created_at = \(platform.clock.now)"
            #expect(try await self.scans([scan], platform).count == 1)
        }
    }

    // MARK: Round trips

    @Test func whoSomebodyIsCostsOneRoundTripUnlessARoleIsUnknownUnexpectedly() async throws {
        try await withAccess(.postgres) { access in
            let engine = try #require(access.platform.database.engine as? PostgresEngine)
            let identity = try access.otherHost().identity
            // A host that has just begun expects to know no role; one that has known the last role, to know the next.
            let members: [(TestMember, trips: Int)] = [
                (.provider, 1), (.provider, 1), (.customer, 2), (.admin, 1), (.provider, 1), (.admin, 1),
            ]
            for (member, expected) in members {
                let token = try await access.token(member)
                let before = engine.roundTrips
                #expect(try await identity.principal(for: token)?.1.roles == [member.role])
                #expect(engine.roundTrips - before == expected, "\(member)")
            }
        }
    }

    // MARK: Rules of roles

    /// What a host that knows no roles finds out by a token: with rules and user in one statement, or in one each.
    private func principal(
        _ token: AccessToken, isOneStatement: Bool, in access: AccessFixture
    ) async throws -> SignedInUser? {
        let runtime = access.platform.runtime
        let loader = PrincipalLoader(
            catalog: runtime.platform.permissions, snapshots: RoleSnapshots(), asksServer: isOneStatement)
        return try await runtime.database.entering(.kernel).read(in: .system(SystemScope("compare"))) { tx in
            try loader.load(token.digest, in: tx)?.0.user
        }
    }

    @Test(arguments: TestEngine.allCases)
    func rulesReadWithTheirUserGiveWhatTheyGiveReadAlone(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            for (place, scope) in [(TestPlace.north, "assigned"), (.south, "organization")] {
                let admin = try await access.client(in: place)
                try await access.makeRole("base", ["notes:write": scope], as: admin).expect(201)
                try await access.makeRole("empty", parents: ["base"], as: admin).expect(201)
                try await access.makeRole("top", ["notes:read": scope], parents: ["empty"], as: admin).expect(201)
                try await access.makeRole("other", ["notes:read": "own"], as: admin).expect(201)
                try await access.setRoles(["top", "other", "customer"], of: .provider, as: admin).expect(200)
            }
            for (place, scope) in [(TestPlace.north, "assigned"), (.south, "organization")] {
                let token = try await access.token(.provider, in: place)
                let together = try #require(try await self.principal(token, isOneStatement: true, in: access))
                let apart = try #require(try await self.principal(token, isOneStatement: false, in: access))

                #expect(together.grants == apart.grants)
                #expect(together.roles == apart.roles)
                #expect(together.roles == [.customer, Role("other"), Role("top")])
                #expect(together.grants.reach(Notes.canWrite) == scope)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func rolesThatInheritFromEachOtherAreReadToTheirEnd(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            try await access.makeRole("base", ["notes:write": "own"], as: admin).expect(201)
            try await access.makeRole("top", parents: ["base"], as: admin).expect(201)
            try await access.setRoles(["top"], of: .provider, as: admin).expect(200)
            let organization = try access.platform.organization().id
            // Past the kernel, which refuses that.
            try await access.platform.runtime.database.entering(.kernel).write(in: .organization(organization)) { tx in
                try tx.execute(
                    """
                    INSERT INTO \(AccessSchema.parent) (organization_id, role, parent)
                    VALUES (\(organization), \("base"), \("top"))
                    """)
            }
            let token = try await access.token(.provider)
            for isOneStatement in [true, false] {
                let found = try await self.principal(token, isOneStatement: isOneStatement, in: access)
                #expect(found?.grants.reach(Notes.canWrite) == "own")
            }
        }
    }
}
