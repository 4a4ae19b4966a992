import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Entries from before personal fields were sealed are read, found and verified as they are.
struct FormerVersionTests {
    private static let address = "203.0.113.77"

    /// The bytes of an entry as a version before 4 wrote them.
    private static func canonical(
        _ version: Int, _ id: ID<AuditEntry>, _ organization: OrganizationID, _ actor: String
    ) -> [UInt8] {
        var document: JSONObject = [
            "action": .string("notes.v\(version)"), "actor": .string(actor), "address": .string(Self.address),
            "at": .number(JSONNumber(TestClock.start.microseconds)), "channel": "http", "detail": .object([:]),
            "id": .string("\(id)"), "object": .null, "organization": .string("\(organization)"), "request": "00ff",
            "success": true, "userAgent": "Browser/7", "v": .number(JSONNumber(version)),
        ]
        if version >= 2 { document["onBehalfOf"] = .null }
        if version >= 3 { document["changes"] = .null }
        return JSON.object(document).canonical
    }

    @Test(arguments: TestEngine.allCases)
    func theyStayAsTheyAre(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let organization = try platform.organization().id
            let actor = "user:\(try platform.user(.customer).id)"
            for version in 1...3 {
                let id = ID<AuditEntry>(high: 0x0195_1234_5678_7ABC, low: UInt64(version))
                let bytes = Self.canonical(version, id, organization, actor)
                try await platform.runtime.database.write(in: .organization(organization)) { tx in
                    try tx.execute(
                        """
                        INSERT INTO \(AuditTrail.table) (organization_id, id, at, actor, action, is_success, address,
                            canonical)
                        VALUES (\(organization), \(id), \(TestClock.start), \(actor), \("notes.v\(version)"), \(true),
                            \(Self.address), \(bytes))
                        """)
                }
            }
            try await platform.act("notes.v4", from: Self.address)
            let all: Set = ["notes.v1", "notes.v2", "notes.v3", "notes.v4"]
            #expect(Set(try await platform.actions(from: Self.address)) == all)
            try await platform.sealEverything()
            #expect(Set(try await platform.actions(from: Self.address)) == all)
            let agents = try await platform.entries().filter { all.contains($0.action) }.map(\.userAgent)
            #expect(agents.count == 4)
            #expect(agents.filter { $0 == "Browser/7" }.count == 3)
            #expect(try await platform.verify().findings == [])

            try await platform.erase(.customer)
            let verdict = try await platform.verify()
            #expect(verdict.findings == [])
            #expect(verdict.erased == 1)
            #expect(Set(try await platform.actions(from: Self.address)) == all.subtracting(["notes.v4"]))
        }
    }
}
