import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// When a change of who may do what is seen.
struct RevocationTests {
    /// Ways to take `notes:write` from the customer, who has got it in that way.
    enum Way: String, CaseIterable, Sendable {
        case ruleOfRole, parentOfRole, ruleOfParent, roleOfUser, directGrant, disabled, removed, sessionEnded

        /// Lets the customer write all notes.
        func prepare(_ access: AccessFixture, _ admin: APIClient) async throws {
            let rules = ["notes:write": "organization"]
            switch self {
            case .directGrant:
                try await access.grant("notes:write", "organization", to: .customer, as: admin).expect(201)
            case .parentOfRole, .ruleOfParent:
                try await access.makeRole("base", rules, as: admin).expect(201)
                try await access.makeRole("writer", parents: ["base"], as: admin).expect(201)
                try await access.setRoles(["writer"], of: .customer, as: admin).expect(200)
            default:
                try await access.makeRole("writer", rules, as: admin).expect(201)
                try await access.setRoles(["writer"], of: .customer, as: admin).expect(200)
            }
        }

        /// Takes it away again.
        func perform(_ access: AccessFixture, _ admin: APIClient) async throws {
            let user = "/api/v1/users/\(try access.id(.customer))"
            switch self {
            case .ruleOfRole: try await admin.patch("/api/v1/roles/writer", ["rules": []]).expect(200)
            case .parentOfRole: try await admin.patch("/api/v1/roles/writer", ["parents": []]).expect(200)
            case .ruleOfParent: try await admin.patch("/api/v1/roles/base", ["rules": []]).expect(200)
            case .roleOfUser: try await admin.send("DELETE", user + "/roles/writer").expect(200)
            case .directGrant:
                let grants = try await admin.get(user + "/grants").expect(200)["items"]?.array ?? []
                let id = try #require(grants.first?["id"]?.string)
                try await admin.send("DELETE", user + "/grants/\(id)").expect(200)
            case .disabled: try await admin.patch(user, ["status": "disabled"]).expect(200)
            case .removed: try await admin.send("DELETE", user).expect(200)
            case .sessionEnded: try await admin.send("DELETE", user + "/sessions").expect(200)
            }
        }
    }

    @Test(
        "v5.0.0-8.3.2 a revocation is seen by the next request here and within a second elsewhere",
        arguments: TestEngine.allCases, Way.allCases)
    func aRevocationIsSeen(_ engine: TestEngine, _ way: Way) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            try await way.prepare(access, admin)
            let token = try await access.token(.customer)
            let elsewhere = try access.otherHost()
            #expect(try await access.grants(token)?.reach(Notes.canWrite) == "organization")
            #expect(try await access.grants(token, on: elsewhere)?.reach(Notes.canWrite) == "organization")

            try await way.perform(access, admin)

            #expect(try await access.grants(token)?.reach(Notes.canWrite) != "organization")
            access.platform.clock.advance(seconds: 1)
            access.platform.clock.advance(microseconds: 1)
            #expect(try await access.grants(token, on: elsewhere)?.reach(Notes.canWrite) != "organization")
        }
    }

    @Test("v5.0.0-7.4.2 disabling a user ends all their sessions at once", arguments: TestEngine.allCases)
    func disablingEndsAllSessions(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let here = [try await access.token(.customer), try await access.token(.customer)]
            let there = try await access.token(.customer, in: .south)
            let user = "/api/v1/users/\(try access.id(.customer))"

            try await admin.patch(user, ["status": "disabled"]).expect(200)

            for token in here { #expect(try await access.grants(token) == nil) }
            #expect(try await access.grants(there) != nil, "the other organization is not concerned")
            let refused = await refusal { _ = try await access.token(.customer) }
            #expect(refused?.code == "invalid_credentials")
            _ = try await access.token(.customer, in: .south)
            // Enabling lets the user sign in again; what was ended stays ended.
            try await admin.patch(user, ["status": "active"]).expect(200)
            for token in here { #expect(try await access.grants(token) == nil) }
            _ = try await access.token(.customer)
            #expect(try await access.entries() == ["kernel.user.disabled", "kernel.user.enabled"])
            #expect(try await access.entries(.south).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionOfADisabledUserIsNotRenewed(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let organization = try access.platform.organization().id
            let issued = try await access.platform.runtime.identity.signIn(
                email: TestMember.customer.email, password: TestMember.password, organization: organization,
                origin: Origin(.test))
            // As if the sessions had been left alone: the membership alone decides.
            try await access.platform.database.run(
                access.platform.engine == .sqlite
                    ? "UPDATE kernel_person SET disabled_at = 1" : "UPDATE kernel.person SET disabled_at = 1")

            let refused = await refusal {
                _ = try await access.platform.runtime.identity.refresh(
                    issued.refresh.reveal(), in: organization, origin: Origin(.test))
            }
            #expect(refused?.code == "refresh_invalid")
            #expect(try await access.grants(issued.access) == nil)
        }
    }

    // MARK: Grants for a time

    @Test(arguments: TestEngine.allCases)
    func aGrantIsOverAtExactlyItsExpiryAlsoWhereItIsRemembered(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let end = access.platform.clock.now.adding(microseconds: 500_000)
            try await access.grant("notes:write", "organization", to: .customer, until: end, as: admin).expect(201)
            let token = try await access.token(.customer)
            #expect(try await access.grants(token)?.reach(Notes.canWrite) == "organization")

            // Half a second later the principal is still remembered, and nothing has been revoked.
            access.platform.clock.advance(microseconds: 499_999)
            #expect(try await access.grants(token)?.reach(Notes.canWrite) == "organization")
            access.platform.clock.advance(microseconds: 1)
            #expect(try await access.grants(token)?.reach(Notes.canWrite) == "own")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aGrantThatIsOverIsNotReadAnew(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let end = access.platform.clock.now.adding(seconds: 30)
            try await access.grant("notes:write", "organization", to: .customer, until: end, as: admin).expect(201)
            let token = try await access.token(.customer)

            // Nobody remembers the user: what is read is all there is.
            access.platform.clock.set(end)
            #expect(try await access.grants(token)?.reach(Notes.canWrite) == "own")
            #expect(try await access.grants(token, on: access.otherHost())?.reach(Notes.canWrite) == "own")
        }
    }

    @Test func whatWasReadBeforeARevocationIsNotRememberedAfterIt() {
        let cache = PrincipalCache()
        let now = TestClock.start
        let entry = PrincipalCache.Entry(
            organization: OrganizationID(high: 1, low: 1),
            user: SignedInUser(
                id: ID(high: 1, low: 1), person: ID(high: 1, low: 2), session: nil, roles: [], grants: .none),
            expiresAt: now.adding(seconds: 60), loadedAt: now)
        let epoch = cache.currentEpoch

        cache.empty()
        cache.remember(entry, for: [1], readAt: epoch)
        let stale = cache.find([1], at: now)
        cache.remember(entry, for: [1], readAt: cache.currentEpoch)

        #expect(stale == nil)
        #expect(cache.find([1], at: now) != nil)
    }

    @Test(arguments: TestEngine.allCases)
    func aGrantThatIsOverWhenTheTransactionBeginsDoesNotCount(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let end = access.platform.clock.now.adding(seconds: 30)
            try await access.grant("notes:write", "organization", to: .otherCustomer, until: end, as: admin).expect(201)
            let token = try await access.token(.otherCustomer)
            let (organization, user) = try #require(try await access.platform.runtime.identity.principal(for: token))
            // The request has been let in and waits for the database meanwhile.
            let call = Call(organization: organization, principal: .user(user), origin: Origin(.test))
            func write(_ text: String) async -> String? {
                await refusal {
                    _ = try await access.platform.runtime.invoker.run(
                        Notes.write, of: Notes.id, Notes.Draft(text: text), as: call)
                }?.code
            }

            access.platform.clock.advance(seconds: 29)
            #expect(await write("in time") == nil)
            access.platform.clock.advance(seconds: 1)
            #expect(await write("too late") == "forbidden")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsOverBeforeItBeginsIsNotGranted(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let now = access.platform.clock.now
            let past = try await access.grant("notes:write", "own", to: .customer, until: now, as: admin)
            #expect(past.fieldErrors == ["/expiresAt expires_in_past"])
        }
    }

    // MARK: Snapshots

    @Test func anOlderEpochNeverReplacesANewerOne() {
        let snapshots = RoleSnapshots()
        let organization = OrganizationID(high: 1, low: 1)
        let old = CompiledRole(scopes: [Notes.canRead: .organization], rules: [])
        let new = CompiledRole(scopes: [:], rules: [])

        snapshots.keep(new, as: Role("a"), of: organization, at: 2)
        snapshots.keep(old, as: Role("a"), of: organization, at: 1)

        #expect(snapshots.find(Role("a"), of: organization, at: 2)?.scopes.isEmpty == true)
        #expect(snapshots.find(Role("a"), of: organization, at: 1) == nil)
        #expect(snapshots.find(Role("a"), of: organization, at: 3) == nil)
        #expect(snapshots.find(Role("a"), of: OrganizationID(high: 1, low: 2), at: 2) == nil)
    }
}
