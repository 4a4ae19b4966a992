import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// How fast passwords can be tried.
struct SignInPaceTests {
    private static let email = TestMember.customer.email

    /// Tries wrong passwords until one is not looked at any more; returns how many were.
    private func exhaust(
        _ fixture: AccountFixture, _ email: String = Self.email, from address: String = "203.0.113.9"
    ) async -> Int {
        for count in 0..<1_000 {
            let code = await fixture.refusalToSignIn(email, "a wrong password", from: address)
            guard code == "invalid_credentials" else { return count }
        }
        return 1_000
    }

    @Test("v5.0.0-6.3.1 the time between tries of an account grows", arguments: TestEngine.allCases)
    func theTimeBetweenTriesGrows(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            #expect(await self.exhaust(fixture) == 10)
            for pause in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] as [Int64] {
                let blocked = await refusal {
                    _ = try await fixture.signIn(Self.email, TestMember.password, from: "198.51.100.\(pause % 200)")
                }
                #expect(blocked?.code == "too_many_attempts")
                #expect(blocked?.details["retryAfterSeconds"]?.int64 == pause)
                fixture.platform.clock.advance(microseconds: pause * 1_000_000 - 1)
                #expect(await fixture.refusalToSignIn(Self.email, "wrong") == "too_many_attempts")
                fixture.platform.clock.advance(microseconds: 1)
                #expect(await fixture.refusalToSignIn(Self.email, "wrong") == "invalid_credentials")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func fromTheHundredthTryOnThereIsOneADay(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            _ = await self.exhaust(fixture)
            for _ in 10..<100 {
                fixture.platform.clock.advance(seconds: 900)
                #expect(await fixture.refusalToSignIn(Self.email, "wrong") == "invalid_credentials")
            }
            fixture.platform.clock.advance(seconds: 86_399)
            #expect(await fixture.refusalToSignIn(Self.email, TestMember.password) == "too_many_attempts")
            fixture.platform.clock.advance(seconds: 1)
            #expect(await fixture.refusalToSignIn(Self.email, TestMember.password) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoSignsInStartsAnew(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            for _ in 0..<3 {
                for _ in 0..<9 {
                    #expect(await fixture.refusalToSignIn(Self.email, "wrong") == "invalid_credentials")
                }
                #expect(await fixture.refusalToSignIn(Self.email, TestMember.password) == nil)
            }
            fixture.platform.clock.advance(seconds: 3_600)
            _ = await self.exhaust(fixture)
            fixture.platform.clock.advance(seconds: 30 * 86_400)
            #expect(await self.exhaust(fixture) == 10)
        }
    }

    @Test("v5.0.0-6.1.1 strangers do not shut the owner out on a known device", arguments: TestEngine.allCases)
    func strangersDoNotShutTheOwnerOut(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let device = try #require(try await fixture.signIn(Self.email, TestMember.password).device).reveal()
            // From next door, so that the source is the same too.
            #expect(await self.exhaust(fixture, from: "192.0.2.7") == 10)
            for place in TestPlace.allCases {
                let again = try await fixture.signIn(Self.email, TestMember.password, in: place, device: device)
                #expect(again.device?.reveal() == device)
            }
            // Strangers gain nothing from the owner's success,
            #expect(await fixture.refusalToSignIn(Self.email, "wrong") == "too_many_attempts")
            // the device opens no other account,
            #expect(await self.exhaust(fixture, TestMember.provider.email) == 10)
            #expect(
                await fixture.refusalToSignIn(TestMember.provider.email, TestMember.password, device: device)
                    == "too_many_attempts")
            // nor does a made-up one,
            let made = "almanac_device_" + String(repeating: "A", count: 43)
            #expect(await fixture.refusalToSignIn(Self.email, "wrong", device: made) == "too_many_attempts")
            // and on the device itself tries are counted as well.
            for _ in 0..<10 {
                #expect(await fixture.refusalToSignIn(Self.email, "wrong", device: device) == "invalid_credentials")
            }
            #expect(await fixture.refusalToSignIn(Self.email, "wrong", device: device) == "too_many_attempts")
        }
    }

    @Test("v5.0.0-6.3.8 who has no account is slowed down alike", arguments: TestEngine.allCases)
    func whoHasNoAccountIsSlowedDownAlike(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            for email in ["nobody@example.org", "no address at all", Self.email] {
                #expect(await self.exhaust(fixture, email, from: "203.0.113.\(email.count)") == 10)
                let blocked = await refusal { _ = try await fixture.signIn(email, "wrong") }
                #expect(blocked?.message.contains("wait 1 second,") == true)
            }
            // In whatever spelling.
            #expect(await fixture.refusalToSignIn("NOBODY@example.org", "wrong") == "too_many_attempts")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSourceThatTriesManyAccountsIsSlowedDown(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            var codes: Set<String?> = []
            for number in 0..<300 {
                codes.insert(
                    await fixture.refusalToSignIn("n\(number)@example.org", "wrong", from: "2001:db8::\(number)"))
            }
            #expect(codes == ["invalid_credentials"])
            #expect(
                await fixture.refusalToSignIn("next@example.org", "wrong", from: "2001:db8::ffff")
                    == "too_many_attempts")
            #expect(
                await fixture.refusalToSignIn("next@example.org", "wrong", from: "2001:db8:0:1::1")
                    == "invalid_credentials")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSchoolBehindOneAddressIsNotSlowedDown(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            for _ in 0..<310 {
                #expect(await fixture.refusalToSignIn(Self.email, TestMember.password) == nil)
            }
            let source = try await fixture.rows("SELECT attempts FROM {kernel.sign_in_pace}")
            #expect(source == ["0"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPasswordChosenByMailOpensTheAccount(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let device = try await fixture.signIn(Self.email, TestMember.password).device?.reveal()
            _ = await self.exhaust(fixture)
            try await fixture.forgot(Self.email)
            try await fixture.reset(try await fixture.token())
            #expect(await fixture.refusalToSignIn(Self.email, AccountFixture.nextPassword) == nil)
            // What was known before may be the thief's.
            _ = await self.exhaust(fixture)
            #expect(
                await fixture.refusalToSignIn(Self.email, AccountFixture.nextPassword, device: device)
                    == "too_many_attempts")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func onlySoManyDevicesAreKnown(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            var devices: [String] = []
            for _ in 0..<22 {
                fixture.platform.clock.advance(seconds: 1)
                let tokens = try await fixture.signIn(Self.email, TestMember.password)
                devices.append(try #require(tokens.device).reveal())
            }
            #expect(Set(devices).count == 22)
            let stored = try await fixture.rows("SELECT count(*) FROM {kernel.known_device}")
            #expect(stored == ["\(KnownDevice.limitPerUser)"])
            _ = await self.exhaust(fixture)
            #expect(
                await fixture.refusalToSignIn(Self.email, TestMember.password, device: devices[1])
                    == "too_many_attempts")
            #expect(await fixture.refusalToSignIn(Self.email, TestMember.password, device: devices[2]) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatHasHadItsTimeIsRemoved(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            _ = try await fixture.signIn(Self.email, TestMember.password)
            _ = await fixture.refusalToSignIn(Self.email, "wrong")
            try await fixture.forgot(Self.email)
            let retention = fixture.platform.runtime.retention.service
            #expect(await retention.step().removed.isEmpty)
            fixture.platform.clock.advance(seconds: 86_400 + 600)
            // One of the tries is the source's.
            #expect(await retention.step().removed == ["kernel.account_token": 1, "kernel.sign_in_pace": 1])
            fixture.platform.clock.advance(seconds: 30 * 86_400)
            #expect(await retention.step().removed == ["kernel.sign_in_pace": 1, "kernel.session": 1])
            fixture.platform.clock.advance(seconds: 335 * 86_400)
            #expect(await retention.step().removed == ["kernel.known_device": 1])
            #expect(await retention.step().removed.isEmpty)
        }
    }
}
