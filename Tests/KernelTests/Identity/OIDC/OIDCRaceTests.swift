import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Many hands, one try: the reason why it is ended by a guarded statement.
@Suite(.serialized)
struct OIDCRaceTests {
    private static let callers = 50

    @Test(arguments: TestEngine.allCases)
    func oneOfManyEndsTheTry(_ engine: TestEngine) async throws {
        try await withOIDCRace(engine) { fixture in
            try await fixture.link(.customer)
            let callback = fixture.callback(try await fixture.begin())
            let codes = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<Self.callers { group.addTask { await fixture.refusalToFinish(callback) } }
                return await group.reduce(into: [String?]()) { $0.append($1) }
            }

            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.filter { $0 == "oidc_attempt_unknown" }.count == Self.callers - 1)
            // Once for the link, once for the winner.
            #expect(fixture.gateway.redeemed.count == 2)
        }
    }

    /// The negative control: were a try looked up first and ended then, everybody who was fast enough would have it.
    @Test(arguments: TestEngine.allCases)
    func lookingBeforeEndingLetsEverybodyIn(_ engine: TestEngine) async throws {
        try await withOIDCRace(engine) { fixture in
            let state = OIDCFixture.parameter("state", of: try await fixture.begin())
            let organization = try fixture.platform.organization().id
            let database = fixture.platform.runtime.database
            let readers = TestLog()
            let everybodyHasRead = TestSignal()
            let condition: SQL =
                "organization_id = \(organization) AND state_hash = \(OIDCAttempt.digest(of: state))"
            let winners = try await withThrowingTaskGroup(of: Int.self) { group in
                for caller in 0..<Self.callers {
                    group.addTask {
                        let found = try await database.read(in: .organization(organization)) { tx in
                            try tx.fetchOne(
                                "SELECT \(OIDCAttempt.Row.columns) FROM \(OIDCAttempt.table) WHERE \(condition)",
                                as: OIDCAttempt.Row.self)
                        }
                        readers.note("\(caller)")
                        if readers.all.count == Self.callers { everybodyHasRead.send() }
                        await everybodyHasRead.arrives()
                        try await database.write(in: .organization(organization)) { tx in
                            try tx.post("DELETE FROM \(OIDCAttempt.table) WHERE \(condition)")
                        }
                        return found == nil ? 0 : 1
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(winners == Self.callers)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func oneOfManyLinksTheIdentity(_ engine: TestEngine) async throws {
        try await withOIDCRace(engine) { fixture in
            let members: [TestMember] = [.customer, .otherCustomer, .provider, .admin]
            var tries: [(OIDCSignIn.Callback, TestMember)] = []
            for number in 0..<20 {
                let member = members[number % members.count]
                tries.append((fixture.callback(try await fixture.begin(as: member)), member))
            }
            let codes = await withTaskGroup(of: (TestMember, String?).self) { group in
                for (callback, member) in tries {
                    group.addTask { (member, await fixture.refusalToFinish(callback, as: member)) }
                }
                return await group.reduce(into: [(TestMember, String?)]()) { $0.append($1) }
            }
            let linked = try await fixture.links()
            let owner = try #require(members.first { linked == ["https://plain.example sub-1 \($0.email)"] })

            #expect(codes.filter { $0.0 != owner }.allSatisfy { $0.1 == "oidc_linked_elsewhere" })
            #expect(codes.filter { $0.0 == owner }.allSatisfy { $0.1 == nil })
            #expect(try await fixture.entries(of: "kernel.oidc.linked").count == 1)
        }
    }
}
