import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// A session is begun for somebody who is there at that moment, and never for who has just gone.
@Suite(.serialized)
struct SessionHolderTests {
    /// What may happen while a password is looked at.
    enum Way: String, CaseIterable, Sendable {
        case erased, removed, disabled, switchedOff, passwordChanged

        func perform(_ fixture: AccountFixture) async throws {
            let platform = fixture.platform
            let user = try platform.user(.customer).id
            switch self {
            case .erased:
                _ = try await platform.run(
                    platform.runtime.privacy.erase, of: "kernel", try platform.person(.customer), as: .admin)
            case .removed, .disabled:
                let members = platform.runtime.access.members
                let isRemoval = self == .removed
                let command = Command<ID<User>, Bool>("members", .signedIn) { user, _, tx in
                    guard isRemoval else { return try members.setDisabled(true, user, in: tx).disabledAt != nil }
                    try members.remove(user, in: tx)
                    return true
                }
                _ = try await platform.run(command, of: "kernel", user, as: .admin)
            case .switchedOff:
                try await platform.runtime.database.write(in: .system(SystemScope("switch off"))) { tx in
                    _ = try tx.execute("UPDATE \(User.table) SET is_active = \(false) WHERE id = \(user)")
                }
            case .passwordChanged:
                try await fixture.accounts.changePassword(
                    from: TestMember.password, to: AccountFixture.nextPassword, try await fixture.signedIn())
            }
        }
    }

    /// The addresses from which the customer's sessions in an organization were begun that go on.
    private func addresses(_ fixture: AccountFixture, in place: TestPlace = .north) async throws -> [String] {
        let organization = try fixture.platform.organization(place).id
        let user = try fixture.platform.user(.customer).id
        return try await fixture.platform.runtime.database.read(in: .organization(organization)) { tx in
            try tx.values(
                """
                SELECT address FROM \(Session.table)
                WHERE organization_id = \(organization) AND user_id = \(user) AND revoked_at IS NULL
                """, as: String.self)
        }
    }

    @Test(arguments: TestEngine.allCases, Way.allCases)
    func nothingIsBegunForWhoHasGoneMeanwhile(_ engine: TestEngine, _ way: Way) async throws {
        try await withAccounts(engine) { fixture in
            let identity = fixture.platform.runtime.identity
            let user = try fixture.platform.user(.customer).id
            let north = try fixture.platform.organization().id
            // The password has been looked at, and was right.
            let attempt = try await identity.attempt(
                email: TestMember.customer.email, device: nil, SessionFixture.origin)
            try await way.perform(fixture)
            let before = try await self.addresses(fixture)

            let refused = await refusal {
                _ = try await identity.beginSession(of: user, in: north, SessionFixture.origin, after: attempt)
            }

            #expect(refused?.code == "invalid_credentials")
            #expect(try await self.addresses(fixture) == before)
            #expect(before.count == (way == .passwordChanged ? 1 : 0))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theOtherOrganizationIsNotConcerned(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await Way.erased.perform(fixture)

            _ = try await fixture.sessions.signIn(in: .south)

            #expect(try await self.addresses(fixture, in: .south).count == 1)
        }
    }

    // MARK: At the same moment

    /// Whether the server has somebody wait for somebody else.
    private func somebodyWaits(_ fixture: AccountFixture) async throws -> Bool {
        let query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return try await !fixture.platform.database.rows(query).isEmpty
    }

    /// Tries to begin a session while an erasure has done its work and not yet committed it.
    ///
    /// - Returns: The code with which that was refused.
    private func whileErasing(
        _ fixture: AccountFixture, _ begin: @escaping @Sendable () async throws -> Void
    ) async throws -> String? {
        let (isDone, mayCommit) = (TestSignal(), TestSignal())
        let database = fixture.platform.runtime.database.entering(.kernel)
        let (user, north) = (try fixture.platform.user(.customer).id, try fixture.platform.organization().id)
        let person = try fixture.platform.person(.customer)
        async let changed: Void = database.write(in: .organization(north)) { tx in
            try tx.execute("DELETE FROM \(Session.table) WHERE organization_id = \(north) AND user_id = \(user)")
            try tx.execute(
                """
                UPDATE \(Person.table) SET user_id = NULL, archived_at = \(tx.now)
                WHERE organization_id = \(north) AND id = \(person)
                """)
            isDone.send()
            mayCommit.wait()
        }
        await isDone.arrives()
        let hasEnded = TestSignal()
        async let code = refusal {
            defer { hasEnded.send() }
            try await begin()
        }?.code
        if fixture.platform.engine == .postgres {
            // SQLite's one writer makes the second wait by itself.
            while !hasEnded.hasArrived, try await !self.somebodyWaits(fixture) { await Task.yield() }
        }
        mayCommit.send()
        try await changed
        return await code
    }

    @Test(arguments: TestEngine.allCases, [false, true])
    func whoComesDuringAnErasureWaitsForItsEnd(_ engine: TestEngine, _ isImpersonation: Bool) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            let identity = fixture.platform.runtime.identity
            let (user, north) = (try fixture.platform.user(.customer).id, try fixture.platform.organization().id)
            let admin = try fixture.platform.call(as: .admin)
            let code = try await self.whileErasing(fixture) {
                if isImpersonation {
                    _ = try await identity.impersonate(user, reason: "x", admin)
                } else {
                    _ = try await identity.beginSession(of: user, in: north, SessionFixture.origin)
                }
            }

            #expect(code == (isImpersonation ? "not_found" : "invalid_credentials"))
            #expect(try await self.addresses(fixture).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anErasureLeavesNoSessionOfManyThatBeginAtOnce(_ engine: TestEngine) async throws {
        try await withAccounts(engine, sessions: Identity.Policy(maximumSessions: 1_000), rehearses: false) { fixture in
            let identity = fixture.platform.runtime.identity
            let (user, north) = (try fixture.platform.user(.customer).id, try fixture.platform.organization().id)
            let codes = await outcomes(of: 50) { number in
                if number == 25 { return try await Way.erased.perform(fixture) }
                _ = try await identity.beginSession(of: user, in: north, SessionFixture.origin)
            }

            #expect(codes.allSatisfy { [nil, "invalid_credentials"].contains($0) }, "\(codes)")
            #expect(try await self.addresses(fixture).isEmpty)
        }
    }
}
