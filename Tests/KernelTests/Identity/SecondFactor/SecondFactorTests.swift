import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What a second factor asks for, of whom, and what is said to everybody else.
struct SecondFactorTests {
    @Test("v5.0.0-6.3.3 a second factor is asked for in every organization", arguments: TestEngine.allCases)
    func isAskedForAfterThePassword(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let (app, _) = try await factors.enrol()
            for place in TestPlace.allCases {
                #expect(await factors.refusalToSignIn(in: place) == "second_factor_required")
                #expect(await factors.refusalToSignIn(code: "000000", in: place) == "second_factor_invalid")
            }
            factors.platform.clock.advance(seconds: 30)
            _ = try await factors.signIn(code: app.code(at: factors.now), in: .south)
            // Others go on as before; a code that nobody asked for does no harm.
            _ = try await factors.signIn(.otherCustomer, code: "123456")
        }
    }

    @Test("v5.0.0-6.3.8 strangers do not learn who has a second factor", arguments: TestEngine.allCases)
    func strangersLearnNothing(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let (app, _) = try await factors.enrol()
            factors.platform.clock.advance(seconds: 30)
            let code = app.code(at: factors.now)
            for attempt in [nil, "000000", code, app.recovery[0]] as [String?] {
                #expect(await factors.refusalToSignIn(code: attempt, password: "wrong") == "invalid_credentials")
            }
            // None of these used the codes up.
            _ = try await factors.signIn(code: code)
            _ = try await factors.signIn(code: app.recovery[0])
        }
    }

    @Test("v5.0.0-6.4.4 the operator removes a second factor that is lost", arguments: TestEngine.allCases)
    func theOperatorRemovesALostFactor(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let (_, tokens) = try await factors.enrol()
            let (theirs, _) = try await factors.enrol(.provider)
            let (organization, user) = try #require(try await factors.identity.principal(for: tokens.access))
            try await factors.factors.removeLost(of: user.id, in: organization, by: "system:test")

            #expect(try await !factors.works(tokens))
            for place in TestPlace.allCases { _ = try await factors.signIn(in: place) }
            #expect(await factors.refusalToSignIn(.provider) == "second_factor_required")
            _ = try await factors.signIn(.provider, code: theirs.recovery[0])
            #expect(try await factors.entries().contains("kernel.factor.removed done"))
            let again = await refusal {
                try await factors.factors.removeLost(of: user.id, in: organization, by: "system:test")
            }
            #expect(again?.code == "no_factor")
        }
    }

    @Test("v5.0.0-6.5.1 a code works once, and none before it", arguments: TestEngine.allCases)
    func codesWorkOnce(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let (app, _) = try await factors.enrol()
            // The code that confirmed the app is used up as well.
            #expect(await factors.refusalToSignIn(code: app.code(at: factors.now)) == "second_factor_invalid")
            _ = try await factors.signIn(code: app.code(at: factors.now, offset: 1))
            #expect(
                await factors.refusalToSignIn(code: app.code(at: factors.now, offset: 1)) == "second_factor_invalid")
            #expect(
                await factors.refusalToSignIn(code: app.code(at: factors.now, offset: -1)) == "second_factor_invalid")
            factors.platform.clock.advance(seconds: 60)
            #expect(
                await factors.refusalToSignIn(code: app.code(at: factors.now, offset: -2)) == "second_factor_invalid")
            _ = try await factors.signIn(code: app.code(at: factors.now))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anotherUsersCodesDoNotWork(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let (mine, _) = try await factors.enrol()
            let (theirs, _) = try await factors.enrol(.provider)
            factors.platform.clock.advance(seconds: 60)
            #expect(await factors.refusalToSignIn(code: theirs.code(at: factors.now)) == "second_factor_invalid")
            #expect(await factors.refusalToSignIn(code: theirs.recovery[0]) == "second_factor_invalid")
            _ = try await factors.signIn(.provider, code: theirs.recovery[0])
            _ = try await factors.signIn(code: mine.code(at: factors.now))
        }
    }

    @Test("v5.0.0-6.5.1 a recovery code works once", arguments: TestEngine.allCases)
    func recoveryCodesWorkOnce(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let (app, tokens) = try await factors.enrol()
            _ = try await factors.signIn(code: app.recovery[0].lowercased())
            #expect(await factors.refusalToSignIn(code: app.recovery[0]) == "second_factor_invalid")
            #expect(try await factors.factors.status(factors.call(tokens)).recoveryCodesLeft == 9)
            let entries = try await factors.entries()
            #expect(
                entries == [
                    "kernel.factor.enrolled done", "kernel.factor.recovery-code-used done",
                    "kernel.factor.refused refused",
                ])
        }
    }

    @Test("v5.0.0-6.6.3 guessing ends after ten tries, for a quarter of an hour", arguments: TestEngine.allCases)
    func guessingEnds(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let (app, _) = try await factors.enrol()
            factors.platform.clock.advance(seconds: 30)
            for _ in 0..<10 { #expect(await factors.refusalToSignIn(code: "000000") == "second_factor_invalid") }
            // The tenth wrong sign-in of the account itself costs a second.
            factors.platform.clock.advance(seconds: 1)
            let blocked = await refusal { _ = try await factors.signIn(code: app.code(at: factors.now)) }
            #expect(blocked?.kind == .tooMany)
            #expect(blocked?.code == "second_factor_blocked")
            #expect(blocked?.details["retryAfterSeconds"]?.int == 899)
            // Others may go on, and so may the owner with a code that nobody can guess.
            let (other, _) = try await factors.enrol(.provider)
            factors.platform.clock.advance(seconds: 30)
            _ = try await factors.signIn(.provider, code: other.code(at: factors.now))
            let entries = try await factors.entries().filter { $0.hasPrefix("kernel.factor.blocked") }
            #expect(entries.count == 1)

            factors.platform.clock.advance(seconds: 868)
            #expect(await factors.refusalToSignIn(code: app.code(at: factors.now)) == "second_factor_blocked")
            factors.platform.clock.advance(seconds: 8)
            _ = try await factors.signIn(code: app.code(at: factors.now))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nobodyLocksTheOwnerOut(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let (app, _) = try await factors.enrol()
            for _ in 0..<12 {
                _ = await factors.refusalToSignIn(code: "000000")
                factors.platform.clock.advance(seconds: 8)
            }
            #expect(
                await factors.refusalToSignIn(code: app.code(at: factors.now, offset: 1)) == "second_factor_blocked")
            factors.platform.clock.advance(seconds: 64)
            _ = try await factors.signIn(code: app.recovery[3])
            // Whoever has shown one is trusted with the app again.
            _ = try await factors.signIn(code: app.code(at: factors.now, offset: 1))
        }
    }

    // MARK: Changing

    @Test(arguments: TestEngine.allCases)
    func nothingCountsBeforeTheFirstCode(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let call = try await factors.call(try await factors.signIn())
            let early = await refusal { _ = try await factors.factors.confirm("123456", call) }
            let first = try await factors.factors.enrol(FactorFixture.password, call)
            let second = try await factors.factors.enrol(FactorFixture.password, call)
            _ = try await factors.signIn()
            let step = OneTimeCode.step(at: factors.now)
            let old = OneTimeCode(secret: try FactorFixture.secret(first.secret)).code(at: step)
            let new = OneTimeCode(secret: try FactorFixture.secret(second.secret)).code(at: step)
            let wrong = await refusal { _ = try await factors.factors.confirm(old, call) }

            #expect(early?.code == "no_enrolment")
            #expect(first.secret != second.secret)
            #expect(second.uri.hasPrefix("otpauth://totp/School:customer%40example.org?secret=\(second.secret)&"))
            #expect(wrong?.fields.first?.code == "second_factor_invalid")
            #expect(try await factors.factors.status(call).totpSince == nil)
            let codes = try await factors.factors.confirm(new, call)
            #expect(Set(codes).count == 10)
            #expect(try await factors.factors.status(call) == .init(totpSince: factors.now, recoveryCodesLeft: 10))
            let again = await refusal { _ = try await factors.factors.enrol(FactorFixture.password, call) }
            #expect(again?.code == "factor_exists")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anEnrolmentWaitsForAnHour(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let tokens = try await factors.signIn()
            let call = try await factors.call(tokens)
            let enrolment = try await factors.factors.enrol(FactorFixture.password, call)
            factors.platform.clock.advance(seconds: 3_600)
            let code = OneTimeCode(secret: try FactorFixture.secret(enrolment.secret))
                .code(at: OneTimeCode.step(at: factors.now))
            let late = await refusal { _ = try await factors.factors.confirm(code, call) }
            #expect(late?.code == "no_enrolment")
        }
    }

    @Test("v5.0.0-7.5.1 a factor is changed only by who proves anew who they are", arguments: TestEngine.allCases)
    func changesNeedAProof(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let (app, tokens) = try await factors.enrol()
            let call = try await factors.call(tokens)
            let proofs: [(SecondFactors.Proof, String)] = [
                (.init(), "proof_required"), (.init(password: "wrong"), "password_wrong"),
                (.init(code: "000000"), "second_factor_invalid"),
                (.init(password: String(repeating: "x", count: 2_000)), "password_wrong"),
            ]
            for (proof, code) in proofs {
                let refusals = [
                    await refusal { try await factors.factors.remove(proof, call) },
                    await refusal { _ = try await factors.factors.replaceRecoveryCodes(proof, call) },
                    await refusal { _ = try await factors.factors.enrol(proof, call) },
                ]
                #expect(refusals.map(\.?.code) == [code, code, code])
            }
            // Nine wrong tries; the tenth is the last.
            let last = await refusal { try await factors.factors.remove(.init(password: "wrong"), call) }
            #expect(last?.code == "password_wrong")
            let blocked = await refusal { try await factors.factors.remove(FactorFixture.password, call) }
            #expect(blocked?.code == "second_factor_blocked")
            try await factors.factors.remove(.init(code: app.recovery[0]), call)
            _ = try await factors.signIn()
            #expect(try await factors.factors.status(call) == .init(totpSince: nil, recoveryCodesLeft: 0))
            let absent = await refusal { try await factors.factors.remove(FactorFixture.password, call) }
            #expect(absent?.code == "no_factor")
        }
    }

    @Test("v5.0.0-7.4.3 a change of factors ends the other sessions", arguments: TestEngine.allCases)
    func changesEndOtherSessions(_ engine: TestEngine) async throws {
        try await withFactors(engine) { factors in
            let others = [try await factors.signIn(), try await factors.signIn(in: .south)]
            let stranger = try await factors.signIn(.provider)
            for tokens in others { #expect(try await factors.works(tokens)) }
            let (app, tokens) = try await factors.enrol()
            for tokens in others { #expect(try await !factors.works(tokens)) }
            #expect(try await factors.works(tokens))
            #expect(try await factors.works(stranger))

            let call = try await factors.call(tokens)
            let second = try await factors.signIn(code: app.recovery[0])
            let codes = try await factors.factors.replaceRecoveryCodes(.init(code: app.recovery[1]), call)
            #expect(try await !factors.works(second))
            #expect(await factors.refusalToSignIn(code: app.recovery[2]) == "second_factor_invalid")
            let third = try await factors.signIn(code: codes[0])
            try await factors.factors.remove(FactorFixture.password, call)
            #expect(try await !factors.works(third))
            #expect(try await factors.works(tokens))
        }
    }

    @Test("v5.0.0-13.3.1 the secret is sealed, and outlives a rotation", arguments: TestEngine.allCases)
    func theSecretIsSealed(_ engine: TestEngine) async throws {
        let keys = TestKeys()
        var setup = TestPlatform.Setup()
        setup.keys = keys
        try await withPlatform(engine, setup: setup) { platform in
            let factors = FactorFixture(platform: platform)
            let (app, _) = try await factors.enrol()
            let list = try keys.rotate(seed: 77)
            // The secret, and the key with which the user's audit entries are sealed.
            #expect(try await platform.runtime.encryption.reseal().resealed == 2)
            keys.set(try list.removing(try #require(list.keys.first { $0.state == .former }).id))
            platform.clock.advance(seconds: 61)
            _ = try await factors.signIn(code: app.code(at: factors.now))

            // With the key lost, recovery codes still work.
            keys.set(KeyList(firstAt: TestClock.start, random: SeededRandom(seed: 5)))
            _ = try platform.runtime.encryption.ring.reload()
            platform.clock.advance(seconds: 61)
            await #expect(throws: SecretsError.self) { try await factors.signIn(code: app.code(at: factors.now)) }
            _ = try await factors.signIn(code: app.recovery[0])
        }
    }
}
