import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// The audit log as administrators look into it.
struct AuditEndpointTests {
    private static func search(_ client: APIClient, _ query: String = "") async throws -> [JSON] {
        try await client.get("/api/v1/audit" + query).expect(200)["items"]?.array ?? []
    }

    private static func actions(_ items: [JSON]) -> [String] { items.compactMap { $0["action"]?.string } }

    @Test(arguments: TestEngine.allCases)
    func onlyAdministratorsSeeItAndOnlyTheirOwn(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let nobody = await (try await platform.client()).get("/api/v1/audit")
            let customer = await (try await platform.client(as: .customer)).get("/api/v1/audit")
            let provider = await (try await platform.client(as: .provider)).get("/api/v1/audit")
            let admin = try await platform.client(as: .admin, in: .south)
            let south = try platform.user(.admin, in: .south).id
            let items = try await Self.search(admin)

            #expect(nobody.status == 401)
            #expect(customer.status == 403)
            #expect(provider.status == 403)
            // Four members of the fixture, and the administrator's own signing in: nothing of the other organization.
            #expect(items.count == 5)
            #expect(items.first?["action"] == "kernel.session.created")
            #expect(items.first?["actor"] == .string("user:\(south)"))
            #expect(items.first?["address"] == "192.0.2.1")
            #expect(items.first?["channel"] == "http")
            #expect(items.first?["outcome"] == "success")
        }
    }

    /// The answers must not depend on how far sealing is: all entries, some of them, none.
    @Test(arguments: TestEngine.allCases, [0, 3, 1_000])
    func whatIsFoundDoesNotDependOnSealing(_ engine: TestEngine, _ sealed: Int) async throws {
        try await withPlatform(engine) { platform in
            let client = try await platform.client(as: .admin)
            for _ in 0..<4 {
                platform.clock.advance(seconds: 10)
                _ = try await platform.client(as: .customer)
            }
            try await platform.seal(sealed, of: 13)
            let customer = try platform.user(.customer).id
            let all = try await Self.search(client)
            let own = try await Self.search(client, "?user=\(customer)")
            let session = try #require(own.first?["object"]?["id"]?.string)
            let window = try await Self.search(
                client, "?from=\(TestClock.start.adding(seconds: 20))&to=\(TestClock.start.adding(seconds: 40))")

            #expect(all.count == 9)
            #expect(own.count == 4)
            #expect(window.count == 2)
            #expect(try await Self.search(client, "?action=kernel.user.created").count == 4)
            #expect(try await Self.search(client, "?actor=system:fixture&objectType=user").count == 4)
            #expect(try await Self.search(client, "?objectType=session&objectId=\(session)").count == 1)
            #expect(try await Self.search(client, "?address=192.0.2.1").count == 5)
            #expect(try await Self.search(client, "?address=::ffff:192.0.2.1").count == 5)
            #expect(try await Self.search(client, "?outcome=refused").count == 0)
            #expect(try await Self.search(client, "?outcome=success&address=192.0.2.2").count == 0)
        }
    }

    @Test(arguments: TestEngine.allCases, [0, 4, 1_000])
    func pagesAreTheListInPieces(_ engine: TestEngine, _ sealed: Int) async throws {
        try await withPlatform(engine) { platform in
            let client = try await platform.client(as: .admin)
            for _ in 0..<6 { _ = try await platform.client(as: .customer) }
            try await platform.seal(sealed, of: 15)
            let whole = try await Self.search(client, "?limit=200").compactMap { $0["id"]?.string }
            var pieces: [String] = []
            var next: String? = ""
            while let cursor = next {
                let page = try await client.get("/api/v1/audit?limit=4" + (cursor.isEmpty ? "" : "&after=\(cursor)"))
                    .expect(200)
                pieces += (page["items"]?.array ?? []).compactMap { $0["id"]?.string }
                next = page["next"]?.string
            }

            #expect(whole.count == 11)
            #expect(pieces == whole)
            #expect(whole == whole.sorted(by: >))
        }
    }

    /// Neither the search nor the export shows from where somebody erased has called.
    @Test(arguments: TestEngine.allCases, [0, 1_000])
    func whoIsErasedIsShownWithoutTheirAddress(_ engine: TestEngine, _ sealed: Int) async throws {
        try await withPlatform(engine) { platform in
            let admin = try await platform.client(as: .admin)
            _ = try await platform.client(as: .customer)
            try await platform.seal(sealed, of: 10)
            let query = "?user=\(try platform.user(.customer).id)"
            func addresses() async throws -> [String?] {
                let exported = await admin.get("/api/v1/audit/export?action=kernel.session.created&limit=5000")
                let lines = try String(decoding: exported.body, as: UTF8.self).split(separator: "\n")
                    .map { try JSON(parsing: String($0)) }
                    .filter { $0["entry"]?["actor"] == .string("user:\(try platform.user(.customer).id)") }
                return try await Self.search(admin, query).map { $0["address"]?.string }
                    + lines.map { $0["personal"]?["address"]?.string }
            }
            let before = try await addresses()
            let call = Call(
                organization: try platform.organization().id, principal: .system("privacy"), origin: Origin(.cli))
            _ = try await platform.runtime.invoker.run(
                platform.runtime.privacy.erase, of: .kernel, platform.person(.customer), as: call)

            #expect(before == ["192.0.2.1", "192.0.2.1"])
            #expect(try await addresses() == [nil, nil])
            #expect(try await Self.search(admin, query + "&address=192.0.2.1").isEmpty)
        }
    }

    @Test func contradictionsAreRefused() async throws {
        try await withPlatform(.sqlite) { platform in
            let client = try await platform.client(as: .admin)
            let user = try platform.user(.customer).id
            let answer = await client.get("/api/v1/audit?user=\(user)&actor=anonymous")
            #expect(answer.fieldErrors == ["/user contradiction"])
            #expect(try await Self.search(client, "?user=\(user)&actor=user:\(user)").isEmpty)
        }
    }
}

extension TestPlatform {
    /// Seals at least so many entries of all there are, in batches of so many.
    ///
    /// Transactions of other tests on the same server hold sealing up for a moment, but not for ever.
    func seal(_ wanted: Int, of all: Int) async throws {
        guard wanted > 0 else { return }
        for _ in 0..<500 {
            let rows = try await self.database.rows("SELECT count(*) FROM {kernel.audit_seal}")
            if let text = rows.first?.first, let count = text.flatMap({ Int($0) }), count >= min(wanted, all) { return }
            _ = try await self.runtime.audit.sealer.seal(limit: wanted)
        }
        throw TestKitError("entries are never sealed")
    }
}
