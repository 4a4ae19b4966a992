import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What the kernel keeps for a time is removed after it, and not before.
struct KernelRetentionTests {
    private func sessions(_ platform: TestPlatform) async throws -> Int {
        let rows = try await platform.database.rows("SELECT count(*) FROM {kernel.session}")
        return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? -1
    }

    @Test func eachRuleIsAboutAnInstantOfATable() {
        let lines = KernelRetention.rules.map { "\($0.name) \($0.since) \($0.seconds)" }
        #expect(
            lines == [
                "kernel.session refresh_until 0", "kernel.session expires_at 0",
                "kernel.account_token expires_at 86400", "kernel.sign_in_pace forget_at 0",
                "kernel.known_device last_used_at 31536000", "kernel.oidc_attempt expires_at 0",
                "kernel.invitation expires_at 0", "kernel.kept_answer created_at 86400",
                "kernel.shared_limit arrival 3600", "kernel.job finished_at 604800", "kernel.job finished_at 7776000",
                "kernel.archive expires_at 0",
            ])
        for rule in KernelRetention.rules {
            let column = KernelSchema.history.layout(of: rule.table)?.column(rule.since)
            #expect(column?.type == .instant, "\(rule.name).\(rule.since)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionThatNobodyRenewsGoesAfterThirtyDays(_ engine: TestEngine) async throws {
        try await withSessions(engine) { fixture in
            let retention = fixture.platform.runtime.retention.service
            _ = try await fixture.signIn()
            let kept = try await fixture.signIn(in: .south)
            fixture.platform.clock.advance(seconds: 20 * 86_400)
            let renewed = try await fixture.refresh(kept.refresh, in: .south)
            fixture.platform.clock.advance(seconds: 10 * 86_400 - 1)
            let before = await retention.step()
            fixture.platform.clock.advance(seconds: 1)
            let after = await retention.step()
            let left = try await self.sessions(fixture.platform)

            #expect(before.removed["kernel.session"] == nil)
            #expect(after.removed["kernel.session"] == 1)
            #expect(left == 1)
            let next = try await fixture.refresh(renewed.refresh, in: .south)
            #expect(try await fixture.works(next.access))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoShowsATokenOfARemovedSessionLearnsNothing(_ engine: TestEngine) async throws {
        try await withSessions(engine) { fixture in
            let tokens = try await fixture.signIn()
            fixture.platform.clock.advance(seconds: 30 * 86_400)
            let before = await fixture.refusalToRefresh(tokens.refresh)
            let step = await fixture.platform.runtime.retention.service.step()
            let after = await fixture.refusalToRefresh(tokens.refresh)

            #expect(step.removed["kernel.session"] == 1)
            #expect(before == "refresh_invalid")
            #expect(after == "refresh_invalid")
        }
    }

    /// A session without a refresh token ends with its access token.
    @Test(arguments: TestEngine.allCases)
    func aSessionThatCannotBeRenewedGoesWithItsToken(_ engine: TestEngine) async throws {
        try await withSessions(engine) { fixture in
            let retention = fixture.platform.runtime.retention.service
            let tokens = try await fixture.signIn()
            _ = try await fixture.signIn(in: .south)
            try await fixture.platform.tamper(
                """
                UPDATE {kernel.session} SET refresh_until = NULL WHERE organization_id IN (
                    SELECT id FROM {kernel.organization} WHERE slug = 'north')
                """)
            let microseconds = tokens.expiresAt.microseconds(since: fixture.platform.clock.now)
            fixture.platform.clock.advance(microseconds: microseconds - 1)
            let before = await retention.step()
            fixture.platform.clock.advance(microseconds: 1)
            let after = await retention.step()

            #expect(before.removed["kernel.session"] == nil)
            #expect(after.removed["kernel.session"] == 1)
            #expect(try await self.sessions(fixture.platform) == 1)
        }
    }

    /// Each statement is one that the engine accepts, and has an index to begin with.
    @Test(arguments: TestEngine.allCases)
    func allRulesCanBeCarriedOutAndAreShown(_ engine: TestEngine) async throws {
        try await withSessions(engine) { fixture in
            _ = try await fixture.signIn()
            fixture.platform.clock.advance(seconds: 400 * 86_400)
            let desk = fixture.platform.runtime.retention
            let lines = try await desk.lines()
            let progress = await desk.service.drain()

            #expect(lines.count == KernelRetention.rules.count)
            #expect(lines.filter { $0.table == "kernel.session" }.map(\.due) == [1, 0])
            #expect(progress.failed.isEmpty)
            #expect(progress.removed["kernel.session"] == 1)
            #expect(try await desk.lines().allSatisfy { $0.due == 0 })
        }
    }
}
