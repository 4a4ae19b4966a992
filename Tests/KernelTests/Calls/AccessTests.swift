import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// How far a permission reaches, and that forgetting to ask reaches nothing.
struct AccessTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let caller: TestMember
        let owner: TestMember?
        let assignee: TestMember?
        let isAllowed: Bool

        var testDescription: String {
            "\(self.caller) on a note of \(self.owner?.rawValue ?? "nobody") for \(self.assignee?.rawValue ?? "nobody")"
        }
    }

    static let cases: [Case] = [
        Case(caller: .admin, owner: nil, assignee: nil, isAllowed: true),
        Case(caller: .admin, owner: .customer, assignee: .provider, isAllowed: true),
        Case(caller: .provider, owner: .customer, assignee: .provider, isAllowed: true),
        Case(caller: .provider, owner: .provider, assignee: nil, isAllowed: true),
        Case(caller: .provider, owner: .customer, assignee: nil, isAllowed: false),
        Case(caller: .provider, owner: nil, assignee: nil, isAllowed: false),
        Case(caller: .customer, owner: .customer, assignee: .provider, isAllowed: true),
        Case(caller: .customer, owner: .otherCustomer, assignee: .provider, isAllowed: false),
        // What is assigned to somebody does not belong to them.
        Case(caller: .customer, owner: nil, assignee: .customer, isAllowed: false),
        Case(caller: .customer, owner: nil, assignee: nil, isAllowed: false),
    ]

    @Test(arguments: TestEngine.allCases)
    func requireDecidesByOwnership(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            for (number, note) in Self.cases.enumerated() {
                let draft = Notes.Draft(
                    text: "note \(number)", owner: try note.owner.map { try platform.person($0) },
                    assignee: try note.assignee.map { try platform.person($0) })
                let refused = await refusal {
                    _ = try await platform.run(Notes.write, of: Notes.id, draft, as: note.caller)
                }
                #expect((refused == nil) == note.isAllowed, "\(note.testDescription)")
                #expect(refused == nil || refused?.kind == .forbidden)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func filterShowsEachCallerTheirOwn(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let customer = try platform.person(.customer)
            let provider = try platform.person(.provider)
            for draft in [
                Notes.Draft(text: "a of customer", owner: customer),
                Notes.Draft(text: "b of provider", owner: provider),
                Notes.Draft(text: "c of customer for provider", owner: customer, assignee: provider),
                Notes.Draft(text: "d of nobody"),
            ] { _ = try await platform.run(Notes.write, of: Notes.id, draft) }

            func seen(by member: TestMember) async throws -> [Character] {
                try await platform.run(Notes.list, of: Notes.id, (), as: member).compactMap(\.first)
            }
            let all = try await [
                seen(by: .admin), seen(by: .provider), seen(by: .customer), seen(by: .otherCustomer),
            ]
            #expect(all == [["a", "b", "c", "d"], ["b", "c"], ["a", "c"], []])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aCommandThatForgetsToAskServesOnlyThoseWhoMayDoAll(_ engine: TestEngine) async throws {
        let forgetful = Command<String, Void>("notes.forget", .permission(Notes.canWrite)) { text, call, tx in
            _ = try Notes.insert(Notes.Draft(text: text), call, tx)
        }
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            for member in [TestMember.provider, .customer] {
                let refused = await refusal {
                    try await platform.run(forgetful, of: Notes.id, member.rawValue, as: member)
                }
                #expect(refused?.kind == .forbidden)
            }
            try await platform.run(forgetful, of: Notes.id, "admin", as: .admin)

            let notes = try await platform.run(Notes.list, of: Notes.id, ())
            #expect(notes == ["admin"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aQueryThatForgetsToAskServesOnlyThoseWhoMaySeeAll(_ engine: TestEngine) async throws {
        let forgetful = Query<Void, Int>("notes.count", .permission(Notes.canRead)) { _, call, tx in
            try tx.value("SELECT count(*) FROM \(Notes.table) WHERE organization_id = \(call.organization)") ?? 0
        }
        let asking = Query<Void, Bool>("notes.may", .permission(Notes.canRead)) { _, _, tx in
            // Asking what is allowed decides nothing.
            tx.allows(Notes.canRead, on: Ownership())
        }
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let counted = await refusal { _ = try await platform.run(forgetful, of: Notes.id, (), as: .customer) }
            let asked = await refusal { _ = try await platform.run(asking, of: Notes.id, (), as: .customer) }
            let admin = try await platform.run(forgetful, of: Notes.id, (), as: .admin)

            #expect(counted?.kind == .forbidden)
            #expect(asked?.kind == .forbidden)
            #expect(admin == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func publicOperationsAskNothing(_ engine: TestEngine) async throws {
        let open = Query<Void, String>("notes.open", .everyone) { _, call, _ in call.principal.name }
        let signedIn = Query<Void, String>("notes.members", .signedIn) { _, call, _ in call.principal.name }
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let name = try await platform.run(open, of: Notes.id, (), as: nil)
            let refused = await refusal { _ = try await platform.run(signedIn, of: Notes.id, (), as: nil) }

            #expect(name == "anonymous")
            #expect(refused?.kind == .unauthenticated)
        }
    }

    @Test func theWiderScopeOfSeveralRolesCounts() {
        let narrow = Grants([Notes.canRead: .own, Notes.canWrite: .assigned])
        let wide = Grants([Notes.canRead: .organization])

        #expect(narrow.union(wide).scope(of: Notes.canRead) == .organization)
        #expect(wide.union(narrow).scope(of: Notes.canWrite) == .assigned)
        #expect(Grants.none.union(.none) == .none)
        #expect(narrow.union(wide).names == ["notes:read", "notes:write"])
    }

    @Test func thePlatformItselfMayDoEverything() {
        #expect(Principal.system("seed").scope(of: Notes.canWrite) == .organization)
        #expect(Principal.anonymous.scope(of: Notes.canWrite) == nil)
        #expect(Principal.system("seed").name == "system:seed")
    }
}
