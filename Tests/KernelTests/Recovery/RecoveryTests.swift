import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What a restored database must not do.
struct RecoveryTests {
    private static func settle(_ platform: TestPlatform) async throws -> Recovery.Outcome {
        try await Recovery(platform.runtime.database).settle(
            backupOf: TestClock.start.adding(seconds: -60), by: "system:restore")
    }

    @Test(arguments: TestEngine.allCases)
    func endsEverySessionOfEveryOrganization(_ engine: TestEngine) async throws {
        try await withSessions(engine) { fixture in
            let north = try await fixture.signIn()
            let south = try await fixture.signIn(.admin, in: .south)
            #expect(try await fixture.works(north.access))

            let outcome = try await Self.settle(fixture.platform)
            // A restored database is served by a new process, which remembers nobody.
            fixture.identity.cache.empty()

            #expect(outcome.sessions == 2)
            #expect(try await !fixture.works(north.access))
            #expect(try await !fixture.works(south.access))
            #expect(await fixture.refusalToRefresh(north.refresh) == "refresh_invalid")
            #expect(await fixture.refusalToRefresh(south.refresh, in: .south) == "refresh_invalid")
            #expect(try await fixture.works(try await fixture.signIn().access))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func removesWhatWasMailedToBeSentBack(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            try await platform.runtime.accounts.requestPasswordReset(
                try EmailAddress(TestMember.customer.email), try platform.call(as: nil))
            let before = try await platform.database.rows("SELECT 1 FROM {kernel.account_token}")

            let outcome = try await Self.settle(platform)

            #expect(before.count == 1)
            #expect(outcome.tokens == 1)
            #expect(try await platform.database.rows("SELECT 1 FROM {kernel.account_token}").isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func tellsOfItInEachOrganizationsLog(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            try await platform.audit("notes.before")
            try await platform.sealEverything()
            _ = try await Self.settle(platform)
            try await platform.audit("notes.after")
            try await platform.sealEverything()

            for place in TestPlace.allCases {
                #expect(try await platform.sealedActions(place).contains("kernel.deployment.restored"))
                let verdict = try await platform.runtime.audit.verifier.verify(try platform.organization(place).id)
                #expect(verdict.findingCount == 0, "\(verdict.findings)")
                #expect(verdict.unsealed == 0)
            }
            #expect(
                try await platform.sealedActions() == ["notes.before", "kernel.deployment.restored", "notes.after"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func holdsDeliveriesUntilTheyAreReleased(_ engine: TestEngine) async throws {
        let transport = ScriptedTransport()
        var setup = TestPlatform.Setup()
        setup.mail = transport
        try await withPlatform(engine, setup: setup) { platform in
            let (mail, deliveries) = (platform.runtime.mail, platform.runtime.deliveries)
            _ = try await Self.settle(platform)
            mail.enqueue(
                OutgoingMail(
                    recipient: try EmailAddress("anna@example.org"), subject: "one", text: "", kind: "test.kind"))

            #expect(await mail.deliver() == 0)
            #expect(transport.seen.isEmpty)
            #expect(mail.counts.waiting == 1)
            #expect(try await deliveries.current()?.state == .held)

            let first = try await deliveries.release(by: "system:test")
            let second = try await deliveries.release(by: "system:test")
            #expect(await mail.deliver() == 1)

            #expect(first != nil)
            #expect(second == nil)
            #expect(transport.seen == ["one"])
            let told = try await platform.database.rows(
                "SELECT 1 FROM {kernel.audit_entry} WHERE action = 'kernel.deliveries.released'")
            #expect(told.count == TestPlace.allCases.count)
        }
    }

    /// Of many who release at once one does, and only that one tells of it.
    @Test(arguments: TestEngine.allCases)
    func oneOfManyReleases(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.database.poolSize = 8
        try await withPlatform(engine, setup: setup) { platform in
            _ = try await Self.settle(platform)
            let isHeld = TestSignal()
            let mayGo = TestSignal()
            // Keeps the row until others want it too, so that several have seen it before the first deletes it.
            async let keeper: Void = platform.runtime.database.write(in: .system(SystemScope("test"))) { tx in
                _ = try tx.value("SELECT 1 FROM \(DeliveryHold.table) WHERE id = 1\(.forUpdate)", as: Int.self)
                isHeld.send()
                mayGo.wait()
            }
            await isHeld.arrives()
            let released = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await platform.runtime.deliveries.release(by: "system:test") != nil }
                }
                do {
                    defer { mayGo.send() }
                    if engine == .postgres { try await platform.database.awaitWaiting(3) }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try await keeper

            let told = try await platform.database.rows(
                "SELECT 1 FROM {kernel.audit_entry} WHERE action = 'kernel.deliveries.released'")
            #expect(released == 1)
            #expect(told.count == TestPlace.allCases.count)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nothingLeavesAtTheEndEither(_ engine: TestEngine) async throws {
        let transport = ScriptedTransport()
        var setup = TestPlatform.Setup()
        setup.mail = transport
        try await withPlatform(engine, setup: setup) { platform in
            _ = try await Self.settle(platform)
            platform.runtime.mail.enqueue(
                OutgoingMail(
                    recipient: try EmailAddress("anna@example.org"), subject: "one", text: "", kind: "test.kind"))
            await platform.runtime.mail.finish()

            #expect(transport.seen.isEmpty)
            #expect(platform.runtime.mail.counts.expired == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsRestoredByHalfCannotBeReleased(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let now = platform.clock.now
            #expect(try await !platform.database.engine.maintain { try DeliveryHold.isMarked($0) })
            try await platform.database.engine.maintain { try DeliveryHold.mark($0, at: now) }

            #expect(try await platform.database.engine.maintain { try DeliveryHold.isMarked($0) })
            let refused = await refusal { _ = try await platform.runtime.deliveries.release(by: "system:test") }
            #expect(refused?.code == "restore_unfinished")
            _ = try await Self.settle(platform)
            #expect(try await !platform.database.engine.maintain { try DeliveryHold.isMarked($0) })
        }
    }
}
