import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Another password for who knows the present one.
struct PasswordChangeTests {
    @Test("v5.0.0-6.2.2 users can change their password", arguments: TestEngine.allCases)
    func usersChangeTheirPassword(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let call = try await fixture.signedIn()
            let hash = try await fixture.rows("SELECT password_hash FROM {kernel.user_account} ORDER BY email_key")
            try await fixture.accounts.changePassword(
                from: TestMember.password, to: AccountFixture.nextPassword, call)

            let email = TestMember.customer.email
            #expect(await fixture.refusalToSignIn(email, TestMember.password) == "invalid_credentials")
            #expect(await fixture.refusalToSignIn(email, AccountFixture.nextPassword) == nil)
            #expect(await fixture.refusalToSignIn(email, AccountFixture.nextPassword, in: .south) == nil)
            #expect(await fixture.refusalToSignIn(TestMember.otherCustomer.email, TestMember.password) == nil)
            let user = try #require(call.principal.user).id
            #expect(try await fixture.entries("kernel.password") == ["kernel.password.changed user:\(user)"])
            // Of all the rows one is another.
            let after = try await fixture.rows("SELECT password_hash FROM {kernel.user_account} ORDER BY email_key")
            #expect(zip(hash, after).count { $0 != $1 } == 1)
        }
    }

    @Test("v5.0.0-6.2.3 changing the password needs the present one", arguments: TestEngine.allCases)
    func thePresentPasswordIsNeeded(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let call = try await fixture.signedIn()
            let wrong = await refusal {
                try await fixture.accounts.changePassword(from: "a wrong password", to: AccountFixture.password, call)
            }
            #expect(wrong?.code == "password_wrong")
            #expect(wrong?.fields.map(\.pointer) == ["/currentPassword"])
            let weak = await refusal {
                try await fixture.accounts.changePassword(from: TestMember.password, to: "passwordpassword", call)
            }
            #expect(weak?.code == "password_common")
            #expect(weak?.fields.map(\.pointer) == ["/newPassword"])
            let own = await refusal {
                try await fixture.accounts.changePassword(from: TestMember.password, to: "customer@example.org", call)
            }
            #expect(own?.code == "password_guessable")
            let same = await refusal {
                try await fixture.accounts.changePassword(from: TestMember.password, to: TestMember.password, call)
            }
            #expect(same?.code == "password_unchanged")
            let anonymous = try fixture.stranger()
            let stranger = await refusal {
                try await fixture.accounts.changePassword(
                    from: TestMember.password, to: AccountFixture.password, anonymous)
            }
            #expect(stranger?.code == "unauthenticated")
            #expect(await fixture.refusalToSignIn(TestMember.customer.email, TestMember.password) == nil)
            #expect(await fixture.mails().isEmpty)
        }
    }

    @Test("v5.0.0-7.4.3 changing the password ends all other sessions", arguments: TestEngine.allCases)
    func allOtherSessionsEnd(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let own = try await fixture.sessions.signIn()
            let others = [
                try await fixture.sessions.signIn(), try await fixture.sessions.signIn(in: .south),
            ]
            let stranger = try await fixture.sessions.signIn(.otherCustomer)
            for tokens in others { #expect(try await fixture.sessions.works(tokens.access)) }
            try await fixture.accounts.changePassword(
                from: TestMember.password, to: AccountFixture.nextPassword,
                try await fixture.sessions.call(own.access))

            #expect(try await fixture.sessions.works(own.access))
            #expect(try await fixture.sessions.works(stranger.access))
            for (tokens, place) in zip(others, TestPlace.allCases) {
                #expect(try await !fixture.sessions.works(tokens.access))
                #expect(await fixture.sessions.refusalToRefresh(tokens.refresh, in: place) == "refresh_invalid")
            }
        }
    }

    @Test("v5.0.0-6.3.7 the owner is told that the password was changed", arguments: TestEngine.allCases)
    func theOwnerIsTold(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.accounts.changePassword(
                from: TestMember.password, to: AccountFixture.nextPassword, try await fixture.signedIn())
            let mails = await fixture.mails()
            #expect(mails.map(\.recipient.text) == [TestMember.customer.email])
            #expect(mails.map(\.kind) == ["kernel.password-changed"])
            // The school speaks German, and so does who has said nothing else.
            #expect(mails.first?.subject == "Ihr Passwort wurde geändert")
            #expect(mails.first?.text.contains(AccountFixture.nextPassword) == false)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aStolenSessionCannotTryPasswordsWithoutEnd(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let call = try await fixture.signedIn()
            for number in 0..<10 {
                let wrong = await refusal {
                    try await fixture.accounts.changePassword(
                        from: "a wrong password \(number)", to: AccountFixture.password, call)
                }
                #expect(wrong?.code == "password_wrong")
            }
            let refused = await refusal {
                try await fixture.accounts.changePassword(from: TestMember.password, to: AccountFixture.password, call)
            }
            #expect(refused?.code == "too_many_attempts")
            // Signing in is another matter.
            #expect(await fixture.refusalToSignIn(TestMember.customer.email, TestMember.password) == nil)
            fixture.platform.clock.advance(seconds: 1)
            try await fixture.accounts.changePassword(from: TestMember.password, to: AccountFixture.password, call)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func ofTwoChangesFromOnePasswordOneHappens(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            let call = try await fixture.signedIn()
            let codes = await outcomes(of: 8) { number in
                try await fixture.accounts.changePassword(
                    from: TestMember.password, to: "\(AccountFixture.nextPassword) \(number)", call)
            }
            // Who comes when all is over finds that the password is another one.
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.allSatisfy { [nil, "password_changed_meanwhile", "password_wrong"].contains($0) })
        }
    }
}
