import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What users see of their sessions, and how they end them.
struct SessionListTests {
    private static let target = "/api/v1/me/sessions"

    /// A client that has signed in anew.
    private func signedIn(
        _ sessions: SessionFixture, _ member: TestMember = .customer, in place: TestPlace = .north
    ) async throws -> APIClient {
        try await sessions.platform.client(in: place).signedIn(member.email)
    }

    /// The ids on the first page.
    private func ids(_ client: APIClient) async throws -> [String] {
        let items = try await client.get(Self.target).expect(200)["items"]?.array ?? []
        return items.compactMap { $0["id"]?.string }
    }

    private func ownID(_ client: APIClient) async throws -> String {
        let items = try await client.get(Self.target).expect(200)["items"]?.array ?? []
        return try #require(items.first { $0["current"]?.bool == true }?["id"]?.string)
    }

    @Test("v5.0.0-7.5.2 v5.0.0-10.4.9 users see their sessions and end any of them", arguments: TestEngine.allCases)
    func usersSeeAndEndTheirSessions(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let laptop = try await self.signedIn(sessions)
            let phone = try await self.signedIn(sessions)
            _ = try await self.signedIn(sessions, .otherCustomer)
            _ = try await self.signedIn(sessions, in: .south)

            let list = try await phone.get(Self.target).expect(200)
            let items = try #require(list["items"]?.array)
            #expect(items.count == 2)
            #expect(items.map { $0["current"]?.bool } == [true, false], "the latest first")
            #expect(items[0]["createdAt"]?.string == TestClock.start.rfc3339)
            #expect(items[0]["lastSeenAt"]?.string == TestClock.start.rfc3339)
            #expect(items[0]["address"]?.string == "192.0.2.1")
            #expect(list["next"] == .null)

            let other = try #require(items[1]["id"]?.string)
            try await phone.delete("\(Self.target)/\(other)").expect(200)
            try await laptop.get(Self.target).expect(401, code: "token_invalid")
            try await phone.delete("\(Self.target)/\(other)").expect(404)
            #expect(try await self.ids(phone).count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionSaysWithWhatItGoesOn(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            var client = try await sessions.platform.client()
            client.headers += [
                ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"),
                ("Accept-Language", "de"),
            ]
            let german = try await client.signedIn(TestMember.customer.email)
            let item = try await german.get(Self.target).expect(200)["items"]?[0]
            client.headers.removeLast()
            let english = try await client.signedIn(TestMember.customer.email)
            let items = try await english.get(Self.target).expect(200)["items"]?.array ?? []

            #expect(item?["device"]?.string == "Firefox on Windows")
            #expect(item?["fingerprint"]?.string?.utf8.count == 16)
            #expect(items.count == 2)
            #expect(items.first?["fingerprint"]?.string != items.last?["fingerprint"]?.string)
            #expect(items.last?["fingerprint"] == item?["fingerprint"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func sessionsOfOthersDoNotExist(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let customer = try await self.signedIn(sessions)
            let others = [
                try await self.signedIn(sessions, .otherCustomer), try await self.signedIn(sessions, in: .south),
                try await self.signedIn(sessions, .admin),
            ]
            let missing = await customer.delete("\(Self.target)/0190a000-0000-7000-8000-000000000000")
            try missing.expect(404, code: "not_found")
            for other in others {
                let answer = await customer.delete("\(Self.target)/\(try await self.ownID(other))")
                #expect(answer.status == missing.status)
                #expect(answer.json.serialized == missing.json.serialized)
                try await other.get("/api/v1/me").expect(200)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func allOthersEndAtOnce(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let others = [try await self.signedIn(sessions), try await self.signedIn(sessions)]
            let bystanders = [
                try await self.signedIn(sessions, .otherCustomer), try await self.signedIn(sessions, in: .south),
            ]
            let own = try await self.signedIn(sessions)
            for client in others + bystanders + [own] { try await client.get("/api/v1/me").expect(200) }
            let answer = try await own.delete(Self.target).expect(200)

            #expect(answer["revoked"]?.int == 2)
            for client in others { try await client.get("/api/v1/me").expect(401) }
            for client in bystanders + [own] { try await client.get("/api/v1/me").expect(200) }
            let again = try await own.delete(Self.target).expect(200)
            #expect(again["revoked"]?.int == 0)
            let user = try sessions.platform.user(.customer).id
            #expect(try await sessions.entries().first == "kernel.session.others-revoked user:\(user) done")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theListHasPages(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            var client = try await self.signedIn(sessions)
            for _ in 0..<4 { client = try await self.signedIn(sessions) }
            let all = try await self.ids(client)
            var paged: [String] = []
            var after = ""
            while true {
                let page = try await client.get("\(Self.target)?limit=2\(after)").expect(200)
                paged += (page["items"]?.array ?? []).compactMap { $0["id"]?.string }
                guard let next = page["next"]?.string else { break }
                after = "&after=\(next)"
            }

            #expect(all.count == 5)
            #expect(paged == all)
            try await client.get("\(Self.target)?after=nonsense").expect(422)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatHasExpiredIsNotListed(_ engine: TestEngine) async throws {
        try await withSessions(engine, policy: Identity.Policy(idleSeconds: 7_200)) { sessions in
            let first = try await sessions.signIn()
            sessions.platform.clock.advance(seconds: 7_199)
            let client = try await self.signedIn(sessions)
            #expect(try await self.ids(client).count == 2)
            sessions.platform.clock.set(first.refreshExpiresAt)
            #expect(try await self.ids(client).count == 1)
        }
    }

    @Test("v5.0.0-7.4.1 signing out ends the session for the next request", arguments: TestEngine.allCases)
    func signingOutEndsTheSession(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let other = try await sessions.signIn()
            let first = try await sessions.signIn()
            let call = try await sessions.call(first.access)
            try await sessions.identity.signOut(call)

            #expect(try await !sessions.works(first.access))
            #expect(await sessions.refusalToRefresh(first.refresh) == "refresh_invalid")
            #expect(try await sessions.works(other.access))
            let entries = try await sessions.entries()
            #expect(entries == ["kernel.session.ended user:\(first.user) done"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRefreshTokenSignsOutWithoutAnAccessToken(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let first = try await sessions.signIn()
            let client = try await sessions.platform.client()
            try await client.post("/api/v1/auth/logout").expect(401, code: "unauthenticated")
            for _ in 0..<2 {
                let token = JSON.string(first.refresh.reveal())
                try await client.post("/api/v1/auth/logout", ["refreshToken": token]).expect(200)
            }
            try await client.post("/api/v1/auth/logout", ["refreshToken": "unknown"]).expect(200)

            #expect(try await !sessions.works(first.access))
            let entries = try await sessions.entries()
            #expect(entries == ["kernel.session.ended user:\(first.user) done"])
        }
    }
}
