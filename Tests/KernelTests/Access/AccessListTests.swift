import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// A list shows exactly what a single check would allow, whatever was granted to whom.
struct AccessListTests {
    /// A note with the members it belongs and is assigned to.
    private struct Planned: Sendable {
        let text: String
        let owner: TestMember?
        let assignee: TestMember?
    }

    /// What a member was given in one round; the oracle of what they may see.
    private struct Given {
        var widest: AccessScope?

        mutating func add(_ scope: AccessScope) { self.widest = max(self.widest ?? .own, scope) }

        func shows(_ note: Planned, to member: TestMember) -> Bool {
            switch self.widest {
            case .organization: true
            case .assigned: note.owner == member || note.assignee == member
            case .own: note.owner == member
            case nil: false
            }
        }
    }

    private static func pick<T>(_ items: [T], _ random: SeededRandom) -> T {
        items[Int(random.next() % UInt64(items.count))]
    }

    private static func plan(_ random: SeededRandom) -> [Planned] {
        let members: [TestMember?] = [nil] + TestMember.allCases
        return (0..<25).map { number in
            Planned(
                text: "note \(100 + number)", owner: Self.pick(members, random), assignee: Self.pick(members, random))
        }
    }

    private static let check = Query<String, Bool>("test.check", .signedIn) { text, call, tx in
        struct Row: Record {
            static let columns: Columns = ["owner_id", "assignee_id"]
            let ownership: Ownership

            init(row: inout RowReader) throws {
                let owner: ID<Person>? = try row.nextIfPresent()
                let assignee: ID<Person>? = try row.nextIfPresent()
                self.ownership = Ownership(
                    owners: [owner].compactMap { $0 }, assignees: [assignee].compactMap { $0 })
            }
        }
        let row = try tx.fetchOne(
            "SELECT \(Row.columns) FROM \(Notes.table) WHERE organization_id = \(call.organization) AND text = \(text)",
            as: Row.self)
        return row.map { tx.allows(Notes.canRead, on: $0.ownership) } ?? false
    }

    /// Gives the customer some roles and grants, at random, and says what that must amount to.
    private func give(
        _ round: Int, _ random: SeededRandom, _ access: AccessFixture, _ admin: APIClient
    ) async throws
        -> Given
    {
        var given = Given()
        var roles: [String] = []
        let patterns = ["notes:read", "notes:*", "*:read", "*:*", "notes:write", "*:write", "users:*"]
        let reading: Set = ["notes:read", "notes:*", "*:read", "*:*"]
        var inherited: [String: Given] = [:]
        for number in 0..<3 {
            let name = "r\(round)-\(number)"
            let pattern = Self.pick(patterns, random)
            let scope = Self.pick(AccessScope.allCases, random)
            var own = Given()
            if reading.contains(pattern) { own.add(scope) }
            let parents = number > 0 && random.next() % 2 == 0 ? ["r\(round)-\(number - 1)"] : []
            for parent in parents { if let widest = inherited[parent]?.widest { own.add(widest) } }
            try await access.makeRole(name, [pattern: scope.name], parents: parents, as: admin).expect(201)
            inherited[name] = own
            if random.next() % 2 == 0 { roles.append(name) }
        }
        try await access.setRoles(roles, of: .customer, as: admin).expect(200)
        for role in roles { if let widest = inherited[role]?.widest { given.add(widest) } }
        if random.next() % 3 == 0 {
            let pattern = Self.pick(patterns, random)
            let scope = Self.pick(AccessScope.allCases, random)
            let isOver = random.next() % 2 == 0
            let end = access.platform.clock.now.adding(microseconds: isOver ? 1 : 60_000_000)
            let made = try await access.grant(pattern, scope.name, to: .customer, until: end, as: admin).expect(201)
            access.platform.clock.advance(microseconds: 1)
            _ = made
            if !isOver, reading.contains(pattern) { given.add(scope) }
        }
        return given
    }

    @Test("v5.0.0-8.2.2 a list shows exactly what a check allows", arguments: TestEngine.allCases)
    func aListShowsExactlyWhatACheckAllows(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        try await withAccess(engine, setup: setup) { access in
            let random = SeededRandom(seed: 0xACCE55)
            let platform = access.platform
            let admin = try await access.client()
            let plan = Self.plan(random)
            for note in plan {
                let draft = Notes.Draft(
                    text: note.text, owner: try note.owner.map { try platform.person($0) },
                    assignee: try note.assignee.map { try platform.person($0) })
                _ = try await platform.run(Notes.write, of: Notes.id, draft)
            }
            var seen: Set<Int> = []
            for round in 0..<40 {
                let given = try await self.give(round, random, access, admin)
                let token = try await access.token(.customer)
                let (organization, user) = try #require(try await platform.runtime.identity.principal(for: token))
                let call = Call(organization: organization, principal: .user(user), origin: Origin(.test))
                var listed: [String] = []
                do {
                    listed = try await platform.runtime.invoker.run(Notes.list, of: Notes.id, (), as: call)
                } catch let refusal as Refusal {
                    #expect(refusal.kind == .forbidden && given.widest == nil)
                }
                var allowed: [String] = []
                for note in plan {
                    if try await platform.runtime.invoker.run(Self.check, of: Notes.id, note.text, as: call) {
                        allowed.append(note.text)
                    }
                }
                #expect(listed == allowed.sorted())
                #expect(allowed == plan.filter { given.shows($0, to: .customer) }.map(\.text))
                seen.insert(allowed.count)
                // What was granted in this round must not count in the next.
                platform.clock.advance(seconds: 61)
            }
            #expect(seen.count == 4, "all scopes and none must have come up: \(seen)")
        }
    }
}
