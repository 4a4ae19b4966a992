import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// The audit log as administrators take it away.
struct AuditExportEndpointTests {
    private static func lines(_ answer: APIAnswer) throws -> [JSON] {
        guard answer.status == 200 else { throw TestKitError("\(answer)") }
        return try String(decoding: answer.body, as: UTF8.self).split(separator: "\n").map {
            try JSON(parsing: String($0))
        }
    }

    private static func actions(_ lines: [JSON]) -> [String] { lines.compactMap { $0["entry"]?["action"]?.string } }

    /// The target of the next piece, as the answer names it.
    private static func next(_ answer: APIAnswer) -> String? {
        answer.response.header("link").flatMap { link in
            guard link.hasPrefix("<?"), link.hasSuffix(#">; rel="next""#) else { return nil }
            return "/api/v1/audit/export" + link.dropFirst().prefix { $0 != ">" }
        }
    }

    @Test(
        "v5.0.0-16.4.2 only administrators take the log away, only their own, and that is itself logged",
        arguments: TestEngine.allCases)
    func onlyAdministratorsTakeItAway(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let nobody = await (try await platform.client()).get("/api/v1/audit/export")
            let customer = await (try await platform.client(as: .customer)).get("/api/v1/audit/export")
            let provider = await (try await platform.client(as: .provider)).get("/api/v1/audit/export")
            let admin = try await platform.client(as: .admin, in: .south)
            let answer = await admin.get("/api/v1/audit/export?limit=7&objectType=user&from=2026-03-02T07:00:00Z")
            let organization = try platform.organization(.south).id
            let whole = try Self.lines(await admin.get("/api/v1/audit/export"))

            #expect(nobody.status == 401)
            #expect(customer.status == 403)
            #expect(provider.status == 403)
            #expect(answer.response.header("content-type") == "application/jsonl")
            #expect(Self.actions(try Self.lines(answer)) == Array(repeating: "kernel.user.created", count: 4))
            #expect(whole.allSatisfy { $0["entry"]?["organization"] == .string("\(organization)") })
            #expect(
                Self.actions(whole).suffix(3) == [
                    "kernel.session.created", "kernel.audit.exported", "kernel.audit.exported",
                ])
            let noted = whole.dropLast().last?["entry"]
            #expect(noted?["actor"] == .string("user:\(try platform.user(.admin, in: .south).id)"))
            #expect(
                noted?["detail"] == [
                    "afterPosition": .null, "from": "2026-03-02T07:00:00Z", "limit": "7", "objectType": "user",
                ])
        }
    }

    /// The pieces are the whole, however much is sealed.
    @Test(arguments: TestEngine.allCases, [0, 4, 1_000])
    func piecesAreTheWhole(_ engine: TestEngine, _ sealed: Int) async throws {
        try await withPlatform(engine) { platform in
            let client = try await platform.client(as: .admin)
            for _ in 0..<6 { _ = try await platform.client(as: .customer) }
            try await platform.seal(sealed, of: 15)
            var pieces: [JSON] = []
            var target: String? = "/api/v1/audit/export?limit=3&action=kernel.session.created"
            var answers = 0
            while let next = target {
                let answer = await client.get(next)
                pieces += try Self.lines(answer)
                target = Self.next(answer)
                answers += 1
            }

            #expect(pieces.count == 7)
            #expect(Set(pieces.compactMap { $0["entry"]?["id"]?.string }).count == 7)
            #expect(Set(Self.actions(pieces)) == ["kernel.session.created"])
            #expect(sealed < 1_000 || answers > 1)
            let positions = pieces.compactMap { $0["position"]?.int }
            #expect(positions == positions.sorted())
            #expect(positions.count == (sealed == 1_000 ? 7 : positions.count))
        }
    }

    @Test func whoeverWantsAnotherFormIsToldWhichThereIs() async throws {
        try await withPlatform(.sqlite) { platform in
            let client = try await platform.client(as: .admin)
            func status(_ accept: String) async -> Int {
                await client.send("GET", "/api/v1/audit/export", headers: [("Accept", accept)]).status
            }
            #expect(await status("application/jsonl") == 200)
            #expect(await status("*/*") == 200)
            #expect(await status("application/json") == 406)
            #expect(
                await client.send("GET", "/api/v1/audit", headers: [("Accept", "application/jsonl")]).status == 406)
        }
    }

    @Test(
        "v5.0.0-16.2.5 a changed profile shows which fields were changed, never what they held",
        arguments: TestEngine.allCases)
    func aChangedProfileShowsItsFieldsOnly(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let customer = try await platform.client(as: .customer)
            let version = await customer.get("/api/v1/me/profile").version
            try await customer.patch(
                "/api/v1/me/profile", ["familyName": "Canaryson", "phone": "+49 30 1234567"], version: version
            ).expect(200)
            let admin = try await platform.client(as: .admin)
            let found = try await admin.get("/api/v1/audit?action=kernel.profile.changed").expect(200)
            let exported = await admin.get("/api/v1/audit/export")
            let expected: JSON = [
                ["field": "familyName", "withheld": "personal"], ["field": "phone", "withheld": "personal"],
            ]

            #expect(found["items"]?[0]?["changes"] == expected)
            #expect(
                try Self.lines(exported).first { $0["entry"]?["action"] == "kernel.profile.changed" }?["entry"]?[
                    "changes"] == expected)
            #expect(!String(decoding: exported.body, as: UTF8.self).contains("Canary"))
            #expect(!String(decoding: exported.body, as: UTF8.self).contains("1234567"))
        }
    }
}
