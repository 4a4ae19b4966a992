import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Whoever is erased can no longer be found by their address in the log, and the log is as it was sealed.
@Suite(.serialized)
struct SubjectErasureTests {
    private static let canary = "203.0.113.77"
    private static let other = "203.0.113.78"

    private static func with(
        _ engine: TestEngine, keys: TestKeys = TestKeys(), rehearses: Bool = true,
        _ body: (TestPlatform) async throws -> Void
    ) async throws {
        var setup = TestPlatform.Setup()
        setup.keys = keys
        setup.rehearses = rehearses
        setup.database.poolSize = 8
        try await withPlatform(engine, plugins: [Notes.self], setup: setup, body)
    }

    @Test(
        "v5.0.0-14.2.4 from where somebody erased has called stands nowhere, and the audit chain still verifies",
        arguments: TestEngine.allCases)
    func theAddressIsGoneAndTheChainHolds(_ engine: TestEngine) async throws {
        try await Self.with(engine) { platform in
            try await platform.act("notes.one", from: Self.canary)
            try await platform.act("notes.two", from: Self.canary)
            try await platform.act("notes.provider", from: Self.other, as: .provider)
            try await platform.act("notes.south", from: Self.canary, in: .south)
            #expect(try await platform.tables(holding: Self.canary) == [])
            try await platform.sealEverything()
            try await platform.act("notes.unsealed", from: Self.canary)
            let before = try await platform.chain()
            #expect(
                try await platform.actions(from: Self.canary) == ["notes.one", "notes.two", "notes.unsealed"])
            #expect(try await platform.tables(holding: Self.canary) == ["audit_seal"])
            #expect(try await platform.verify().findings == [])

            let erased = try await platform.erase(.customer)

            #expect(erased.rows["kernel.audit_subject"] == 1)
            #expect(erased.rows["kernel.audit_seal"] == 2)
            #expect(try await platform.actions(from: Self.canary) == [])
            #expect(try await platform.addresses() == [nil, nil, Self.other, nil])
            // The same user is another person there.
            #expect(try await platform.actions(from: Self.canary, in: .south) == ["notes.south"])
            try await platform.sealEverything()
            let verdict = try await platform.verify()
            #expect(verdict.findings == [])
            #expect(verdict.erased == 3)
            #expect(try await platform.chain().prefix(before.count) == before[...])
            #expect(try await platform.actions(from: Self.canary) == [])
            try await platform.erase(.customer, in: .south)
            #expect(try await platform.tables(holding: Self.canary) == [])
            #expect(try await platform.verify(.south).findings == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsArchivedCannotBeReadEither(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            try await fixture.archive()
            let segments = try await fixture.segments()
            let lines = try segments.flatMap { try fixture.lines($0) }
            let before = try await fixture.exported()
            try await fixture.platform.erase(.admin)
            let after = try await fixture.exported()

            #expect(segments.count == 2)
            #expect(lines.allSatisfy { !String(decoding: $0.canonical, as: UTF8.self).contains("192.0.2.1") })
            #expect(before.contains(#""address":"192.0.2.1""#))
            #expect(!after.contains("192.0.2.1"))
            #expect(try await fixture.exported(AuditFilter(), .south).contains(#""address":"192.0.2.1""#))
            #expect(try await fixture.verify().findings == [])
            #expect(try await fixture.verify(.south).findings == [])
        }
    }

    /// Another host that does not know of the erasure yet writes what nobody can read, never what somebody can.
    @Test(arguments: TestEngine.allCases)
    func aHostThatRemembersTheKeyWritesWhatNobodyReads(_ engine: TestEngine) async throws {
        let keys = TestKeys()
        try await Self.with(engine, keys: keys) { platform in
            let host = try platform.otherHost(keys)
            try await platform.act("notes.before", from: Self.canary, on: host)
            try await platform.erase(.customer)
            try await platform.act("notes.after", from: Self.canary, on: host)

            #expect(try await platform.keys() == [0, 0])
            #expect(try await platform.addresses() == [nil, nil])
            try await platform.sealEverything()
            let verdict = try await platform.verify()
            #expect(verdict.findings == [])
            #expect(verdict.erased == 2)
            #expect(try await platform.actions(from: Self.canary) == [])
            #expect(try await platform.tables(holding: Self.canary) == [])
        }
    }

    /// Whoever is erased while they do something for the first time is erased behind it.
    @Test func aKeyThatIsJustBeingMadeIsErasedToo() async throws {
        try await Self.with(.postgres, rehearses: false) { platform in
            let hasWritten = TestSignal()
            let mayCommit = TestSignal()
            let isErased = TestSignal()
            let slow = Command<Void, Void>("notes.slow", .signedIn) { _, _, tx in
                try tx.audit("notes.slow")
                // Asking for something sends what was posted.
                _ = try tx.value("SELECT 1", as: Int.self)
                hasWritten.send()
                mayCommit.wait()
            }
            async let slowly: Void = platform.run(slow, of: Notes.id, (), as: .customer)
            await hasWritten.arrives()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await platform.erase(.customer)
                    isErased.send()
                }
                // Until it waits, or has been faster than it may be.
                do {
                    defer { mayCommit.send() }
                    try await platform.database.awaitWaiting(unless: { isErased.hasArrived })
                }
                try await group.waitForAll()
            }
            try await slowly

            #expect(try await platform.keys() == [0, 0])
            #expect(try await platform.addresses() == [nil])
        }
    }

    /// Whoever does something for the first time while they are erased gets no key of their own any more.
    @Test func noKeyIsMadeBesideAnErasure() async throws {
        try await Self.with(.postgres, rehearses: false) { platform in
            let hasErased = TestSignal()
            let mayCommit = TestSignal()
            let hasActed = TestSignal()
            let erase = platform.runtime.privacy.erase
            let slow = Command<ID<Person>, Void>(erase.name, erase.access) { person, call, tx in
                _ = try erase.handle(person, call, tx)
                // Asking for something sends what was posted.
                _ = try tx.value("SELECT 1", as: Int.self)
                hasErased.send()
                mayCommit.wait()
            }
            let call = Call(
                organization: try platform.organization().id, principal: .system("privacy"), origin: Origin(.cli))
            let person = try platform.person(.customer)
            async let slowly: Void = platform.runtime.invoker.run(slow, of: .kernel, person, as: call)
            await hasErased.arrives()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { hasActed.send() }
                    try await platform.act("notes.late", from: Self.canary)
                }
                // Until it waits, or has been faster than it may be.
                do {
                    defer { mayCommit.send() }
                    try await platform.database.awaitWaiting(unless: { hasActed.hasArrived })
                }
                try await group.waitForAll()
            }
            try await slowly

            // No key of a person; what was done late stands under the key of the month's strangers.
            #expect(try await platform.keys() == [0, 1])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nothingIsIndexedBehindAnErasure(_ engine: TestEngine) async throws {
        try await Self.with(engine, rehearses: false) { platform in
            for place in TestPlace.allCases {
                for member in TestMember.allCases {
                    for number in 0..<12 {
                        try await platform.act("notes.\(number)", from: Self.canary, as: member, in: place)
                    }
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { for _ in 0..<6 { _ = try await platform.runtime.audit.sealer.seal(limit: 2) } }
                        group.addTask { try await platform.erase(member, in: place) }
                        try await group.waitForAll()
                    }
                }
            }
            try await platform.sealEverything()

            #expect(try await platform.tables(holding: Self.canary) == [])
            for place in TestPlace.allCases { #expect(try await platform.verify(place).findings == []) }
        }
    }

    @Test(
        "v5.0.0-16.4.2 a key of the audit log that stands in another's place is found",
        arguments: TestEngine.allCases, [true, false])
    func anotherKeyInItsPlaceIsFound(_ engine: TestEngine, _ hasRing: Bool) async throws {
        let keys = TestKeys()
        if !hasRing { keys.set(nil) }
        try await Self.with(engine, keys: keys) { platform in
            try await platform.act("notes.customer", from: Self.canary)
            try await platform.act("notes.provider", from: Self.other, as: .provider)
            try await platform.sealEverything()
            #expect(try await platform.verify().findings == [])
            let column = hasRing ? "sealed_key" : "clear_key"
            try await platform.tamper(
                """
                UPDATE {kernel.audit_subject}
                SET \(column) = (SELECT k.\(column) FROM {kernel.audit_subject} k ORDER BY k.id LIMIT 1)
                """)
            let findings = try await platform.verify().findings

            #expect(findings.map(\.kind) == [.subject])
            #expect(findings.map(\.position) == [6])
            #expect(try await platform.addresses() == [Self.canary, nil])
        }
    }

    @Test(arguments: TestEngine.allCases, ["taken", "left", "renamed"])
    func anIndexThatTheKeysDoNotExplainIsFound(_ engine: TestEngine, _ change: String) async throws {
        try await Self.with(engine) { platform in
            try await platform.act("notes.customer", from: Self.canary)
            try await platform.sealEverything()
            switch change {
            case "taken": try await platform.tamper("UPDATE {kernel.audit_seal} SET address = NULL")
            case "left": try await platform.tamper("DELETE FROM {kernel.audit_subject}")
            default: try await platform.tamper("UPDATE {kernel.audit_seal} SET subject_key = NULL")
            }
            let findings = try await platform.verify().findings

            #expect(findings.map(\.kind) == [.columns])
            #expect(findings.first?.position == 5)
            #expect(
                findings.first?.message.hasSuffix(change == "renamed" ? ": seal's subject_key" : ": seal's address")
                    == true)
        }
    }
}
