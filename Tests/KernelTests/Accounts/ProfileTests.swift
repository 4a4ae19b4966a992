import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What people say of themselves.
struct ProfileTests {
    private static let target = "/api/v1/me/profile"

    @Test(arguments: TestEngine.allCases)
    func aProfileIsReadAndChanged(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let client = try await platform.client(as: .customer)
            let before = await client.get(Self.target)
            let read = try before.expect(200)
            #expect(read["email"]?.string == TestMember.customer.email)
            #expect(read["preferences"] == .object([:]))
            let version = try #require(before.version)
            let change: JSON = [
                "givenName": "Clara", "familyName": "Neu", "displayName": "Clara N.", "username": "Clara.Neu",
                "slug": "clara", "phone": "+49 30 1234", "locale": "DE-ch", "timeZone": "Europe/Zurich",
                "preferences": ["theme": "dark", "weekStart": 1],
            ]
            let changed = await client.patch(Self.target, change, version: version)
            let body = try changed.expect(200)
            #expect(changed.version == version + 1)
            #expect(body["locale"]?.string == "de-CH")
            #expect(body["preferences"]?["theme"]?.string == "dark")
            let cleared = await client.patch(Self.target, ["displayName": .null, "phone": .null], version: version + 1)
            let after = try cleared.expect(200)
            #expect(after["displayName"] == nil)
            #expect(after["givenName"]?.string == "Clara")
            #expect(await client.get(Self.target).json == after)
            // Nobody else's, there or elsewhere.
            for (member, place) in [(TestMember.customer, TestPlace.south), (.otherCustomer, .north)] {
                let other = await (try await platform.client(as: member, in: place)).get(Self.target)
                #expect(other.json["givenName"]?.string != "Clara")
                #expect(other.version == 1)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aStaleProfileIsNotOverwritten(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let client = try await platform.client(as: .customer)
            try await client.patch(Self.target, ["givenName": "A"], version: 1).expect(200)
            try await client.patch(Self.target, ["givenName": "B"], version: 1).expect(412, code: "version_changed")
            try await client.patch(Self.target, ["givenName": "B"]).expect(428)
            #expect(await client.get(Self.target).json["givenName"]?.string == "A")
            try await (try await platform.client()).get(Self.target).expect(401)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func namesAreTakenOnceInAnOrganizationHoweverTheyAreSpelled(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let client = try await platform.client(as: .customer)
            try await client.patch(Self.target, ["username": "Kelvin_Fisch", "slug": "kelvin"], version: 1).expect(200)
            let other = try await platform.client(as: .otherCustomer)
            // Case, a Kelvin sign, a ligature, wide letters.
            for name in ["kelvin_fisch", "\u{212A}elvin_fisch", "kelvin_\u{FB01}sch", "ＫＥＬＶＩＮ_fisch"] {
                let answer = await other.patch(Self.target, ["username": .string(name)], version: 1)
                try answer.expect(409, code: "username_taken")
                #expect(answer.fieldErrors == ["/username username_taken"])
            }
            try await other.patch(Self.target, ["slug": "kelvin"], version: 1).expect(409, code: "slug_taken")
            // It is free elsewhere, which nobody here learns of.
            let south = try await platform.client(as: .otherCustomer, in: .south)
            try await south.patch(Self.target, ["username": "kelvin_fisch", "slug": "kelvin"], version: 1).expect(200)
            // One's own is not taken.
            try await client.patch(Self.target, ["username": "KELVIN_fisch"], version: 2).expect(200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatWillNotDoIsNamed(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let client = try await platform.client(as: .customer)
            let long = String(repeating: "x", count: 9_000)
            let cases: [(JSON, [String])] = [
                (["username": "1clara"], ["/username username_invalid"]),
                (["username": "cla ra"], ["/username username_invalid"]),
                (["username": "cla\u{202E}ra@"], ["/username username_invalid"]),
                (["slug": "-clara"], ["/slug slug_invalid"]), (["slug": "Clara"], ["/slug slug_invalid"]),
                (["locale": "deutsch und so"], ["/locale locale_invalid"]),
                (["preferences": [1]], ["/preferences preferences_invalid"]),
                (["preferences": ["a": .string(long)]], ["/preferences preferences_invalid"]),
                (
                    ["slug": "-", "locale": "?!", "username": "x x"],
                    ["/username username_invalid", "/slug slug_invalid", "/locale locale_invalid"]
                ),
            ]
            for (change, errors) in cases {
                let answer = await client.patch(Self.target, change, version: 1)
                #expect(answer.status == 422, "\(answer)")
                #expect(answer.fieldErrors == errors, "\(answer)")
            }
            // The address is no matter of the profile: that would be the way to take over whom it belongs to.
            let address = await client.patch(Self.target, ["email": "provider@example.org"], version: 1)
            #expect(address.fieldErrors == ["/email unknown_field"])
            #expect(await client.get(Self.target).version == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func accountsAreCaredForOverHTTP(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let stranger = try await fixture.platform.client()
            let auth = "/api/v1/auth"
            try await stranger.post(
                "\(auth)/register",
                ["email": "nora@example.org", "givenName": "Nora", "familyName": "Berg", "locale": "fr"]
            ).expect(202)
            #expect(await fixture.mails().last?.subject == "Terminez votre inscription auprès de School")
            let token = JSON.string(try await fixture.token())
            let password = JSON.string(AccountFixture.password)
            try await stranger.post("\(auth)/verify-email", ["token": token, "password": "short"]).expect(422)
            try await stranger.post("\(auth)/verify-email", ["token": token, "password": password]).expect(200)
            try await stranger.post("\(auth)/verify-email", ["token": token, "password": password])
                .expect(422, code: "token_invalid")
            var client = try await stranger.signedIn("nora@example.org", AccountFixture.password)
            #expect(try await client.get(Self.target).expect(200)["locale"]?.string == "fr")
            try await client.post(
                "/api/v1/me/password",
                ["currentPassword": password, "newPassword": .string(AccountFixture.nextPassword)]
            ).expect(200)
            try await client.post(
                "/api/v1/me/email",
                ["email": "berg@example.org", "currentPassword": .string(AccountFixture.nextPassword)]
            ).expect(202)
            let confirmation = JSON.string(try await fixture.token())
            try await client.post("/api/v1/me/email/confirm", ["token": confirmation]).expect(200)
            try await stranger.post("\(auth)/forgot-password", ["email": "berg@example.org"]).expect(202)
            let reset = JSON.string(try await fixture.token())
            try await stranger.post("\(auth)/reset-password", ["token": reset, "password": password]).expect(200)
            try await client.get("/api/v1/me").expect(401)
            client = try await stranger.signedIn("berg@example.org", AccountFixture.password)
            #expect(try await client.get(Self.target).expect(200)["email"]?.string == "berg@example.org")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoTriesTooOftenIsToldHowLongToWait(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            // Without the rate limits, which PostgreSQL counts by its own clock.
            let api = try API(
                fixture.platform.runtime, settings: APISettings(title: "Test", version: "0", limits: .none),
                logger: SilentLog.logger)
            let client = APIClient(api, headers: try await fixture.platform.client().headers)
            let body: JSON = ["email": "nobody@example.org", "password": "wrong"]
            for _ in 0..<11 {
                _ = await client.post("/api/v1/auth/token", body)
                fixture.platform.clock.advance(seconds: 6)
            }
            let device = "almanac_device_" + String(repeating: "A", count: 43)
            _ = await client.post("/api/v1/auth/token", body)
            let refused = await client.post(
                "/api/v1/auth/token",
                ["email": "nobody@example.org", "password": "wrong", "deviceToken": .string(device)])
            try refused.expect(429, code: "too_many_attempts")
            #expect(refused.headers.first { $0.name == "retry-after" }?.value == "4")
        }
    }

    @Test("v5.0.0-6.1.1 who shows a device token is not shut out by the limit of the account either")
    func theLimitOfTheAccountSparesItsDevices() async throws {
        try await withAccounts(.sqlite) { fixture in
            let client = try await fixture.platform.client()
            let own: JSON = [
                "email": .string(TestMember.customer.email), "password": .string(TestMember.password),
            ]
            let first = try await client.post("/api/v1/auth/token", own).expect(200)
            let device = try #require(first["deviceToken"])
            var codes: Set<String?> = []
            for _ in 0..<30 {
                codes.insert(
                    await client.post(
                        "/api/v1/auth/token", ["email": .string(TestMember.customer.email), "password": "wrong"]
                    ).code)
            }
            #expect(codes.contains("rate_limited"))
            try await client.post("/api/v1/auth/token", own).expect(429)
            let known: JSON = [
                "email": .string(TestMember.customer.email), "password": .string(TestMember.password),
                "deviceToken": device,
            ]
            let answer = try await client.post("/api/v1/auth/token", known).expect(200)
            #expect(answer["deviceToken"] == device)
        }
    }
}
