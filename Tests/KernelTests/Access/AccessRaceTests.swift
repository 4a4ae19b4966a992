import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What two administrators at once must not bring about.
///
/// The guard is one lock an organization; the negative controls
/// take it away.
struct AccessRaceTests {
    private static let rounds = 30

    private func withRace(
        _ engine: TestEngine, isLocked: Bool = true, _ body: (AccessFixture, APIClient) async throws -> Void
    ) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        if !isLocked { setup.database.locking = NoLocking() }
        try await withAccess(engine, setup: setup) { access in try await body(access, try await access.client()) }
    }

    // MARK: Cycles

    /// In how many rounds two roles inherit from each other, after both were told so at once.
    private func cycles(_ access: AccessFixture, _ admin: APIClient) async throws -> (cycles: Int, winners: Int) {
        var cycles = 0
        var winners = 0
        for round in 0..<Self.rounds {
            let names = ["a\(round)", "b\(round)"]
            for name in names { try await access.makeRole(name, as: admin).expect(201) }
            let statuses = await withTaskGroup(of: Int.self) { group in
                for (name, other) in [(names[0], names[1]), (names[1], names[0])] {
                    group.addTask {
                        await admin.patch("/api/v1/roles/\(name)", ["parents": [.string(other)]]).status
                    }
                }
                return await group.reduce(into: [Int]()) { $0.append($1) }
            }
            winners += statuses.filter { $0 == 200 }.count
            if statuses == [200, 200] { cycles += 1 }
        }
        return (cycles, winners)
    }

    @Test(arguments: TestEngine.allCases)
    func twoChangesAtOnceDoNotCloseACycle(_ engine: TestEngine) async throws {
        try await self.withRace(engine) { access, admin async throws in
            let (cycles, winners) = try await self.cycles(access, admin)
            #expect(cycles == 0)
            #expect(winners == Self.rounds)
        }
    }

    /// The negative control; SQLite has one writer whatever is locked.
    @Test func withoutTheLockTwoChangesCloseACycle() async throws {
        try await self.withRace(.postgres, isLocked: false) { access, admin async throws in
            let (cycles, _) = try await self.cycles(access, admin)
            #expect(cycles > 0)
        }
    }

    // MARK: The last administrator

    /// In how many rounds nobody is left, after two administrators have disabled each other at once.
    private func orphans(_ access: AccessFixture, _ admin: APIClient) async throws -> Int {
        try await access.setRoles(["admin"], of: .provider, as: admin).expect(200)
        let other = try await access.client(.provider)
        let users = [(admin, try access.id(.provider)), (other, try access.id(.admin))]
        var orphans = 0
        for _ in 0..<Self.rounds {
            let statuses = await withTaskGroup(of: Int.self) { group in
                for (client, user) in users {
                    group.addTask {
                        await client.send("DELETE", "/api/v1/users/\(user)/roles/admin").status
                    }
                }
                return await group.reduce(into: [Int]()) { $0.append($1) }
            }
            if statuses == [200, 200] { orphans += 1 }
            try await self.restore(access)
        }
        return orphans
    }

    /// Makes both administrators again, past every guard.
    private func restore(_ access: AccessFixture) async throws {
        let organization = try access.platform.organization().id
        let users = [try access.platform.user(.admin).id, try access.platform.user(.provider).id]
        try await access.platform.runtime.database.write(in: .organization(organization)) { tx in
            for user in users {
                try tx.execute(
                    """
                    INSERT INTO \(UserRole.table) (organization_id, user_id, role, created_at)
                    VALUES (\(organization), \(user), 'admin', \(tx.now))
                    ON CONFLICT (organization_id, user_id, role) DO NOTHING
                    """)
            }
        }
        access.platform.runtime.identity.cache.empty()
    }

    @Test(arguments: TestEngine.allCases)
    func twoAdministratorsDoNotRemoveEachOther(_ engine: TestEngine) async throws {
        try await self.withRace(engine) { access, admin async throws in
            #expect(try await self.orphans(access, admin) == 0)
        }
    }

    /// The negative control.
    @Test func withoutTheLockNobodyIsLeft() async throws {
        try await self.withRace(.postgres, isLocked: false) { access, admin async throws in
            #expect(try await self.orphans(access, admin) > 0)
        }
    }
}
