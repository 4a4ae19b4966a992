import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Each subject has one key of their own, and nobody waits for it twice.
@Suite(.serialized)
struct SubjectKeyTests {
    private static let address = "203.0.113.77"

    private static func setup(keys: TestKeys = TestKeys(), rehearses: Bool = true) -> TestPlatform.Setup {
        var setup = TestPlatform.Setup()
        setup.keys = keys
        setup.rehearses = rehearses
        setup.database.poolSize = 8
        return setup
    }

    private static func carried(_ platform: TestPlatform) throws -> SubjectKeys {
        guard let keys = platform.runtime.database.companion as? SubjectKeys else {
            throw TestKitError("the runtime's database carries no keys")
        }
        return keys
    }

    /// Whose keys there are in the north: the members' names, and the months'.
    private static func holders(_ platform: TestPlatform) async throws -> Set<String> {
        let organization = try platform.organization().id
        let rows = try await platform.runtime.database.read(in: .organization(organization)) { tx in
            var found: [(ID<Person>?, LocalDate?)] = []
            try tx.forEach(
                "SELECT person_id, month FROM \(SubjectKey.table) WHERE organization_id = \(organization)"
            ) { row in
                let person: ID<Person>? = try row.nextIfPresent()
                let month: LocalDate? = try row.nextIfPresent()
                found.append((person, month))
            }
            return found
        }
        let names = try TestMember.allCases.map { (try platform.person($0), $0.rawValue) }
        return Set(
            rows.map { person, month in
                names.first { $0.0 == person }?.1 ?? month.map { "\($0)" } ?? "nobody"
            })
    }

    @Test(arguments: TestEngine.allCases)
    func whoActsIsTheSubject(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            try await platform.act("notes.customer", from: Self.address)
            try await platform.act("notes.south", from: Self.address, in: .south)
            #expect(try await Self.holders(platform) == ["customer"])

            // An administrator who works as somebody else is the one who calls.
            let (admin, other) = (try platform.user(.admin), try platform.user(.provider))
            var call = try platform.call(as: .provider)
            call.principal = .user(
                SignedInUser(
                    id: other.id, person: other.person, session: nil, roles: other.roles, grants: other.grants,
                    impersonator: admin.id))
            let command = Command<Void, Void>("notes.audited", .signedIn) { _, _, tx in try tx.audit("notes.as") }
            try await platform.runtime.invoker.run(command, of: Notes.id, (), as: call)
            #expect(try await Self.holders(platform) == ["customer", "admin"])

            // Who is nobody here shares a key with all others of the month.
            try await platform.refuse(from: Self.address)
            platform.runtime.audit.refusals.note(
                RefusedAttempt(
                    try platform.organization().id, actor: "user:\(ID<User>(high: 9, low: 9))",
                    operation: "notes.read", code: "wrong_organization", origin: Origin(.http, address: Self.address)))
            await platform.runtime.audit.refusals.settle()
            #expect(try await Self.holders(platform) == ["customer", "admin", "2026-03-01"])
            #expect(try await platform.keys() == [3, 1])
            #expect(try await platform.actions(from: Self.address).count == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anEntryOfASubjectThatIsKnownCostsNoStatement(_ engine: TestEngine) async throws {
        let keys = TestKeys()
        try await withPlatform(engine, plugins: [Notes.self], setup: Self.setup(keys: keys)) { platform in
            let log = TestLog()
            let host = try platform.otherHost(keys, observer: { log.note($0.text) })
            func statements() async throws -> [String] {
                let before = log.all.count
                try await platform.act("notes.written", from: Self.address, on: host)
                return log.all[before...].filter { $0.contains("audit_subject") || $0.contains("kernel.person") }
            }
            #expect(try await statements().count == 5)
            #expect(try await statements() == [])
            // After a minute the key is read again, in one statement.
            platform.clock.advance(seconds: 60)
            #expect(try await statements().count == 1)
            #expect(try await statements() == [])
        }
    }

    /// Lets many do something for the first time at once.
    ///
    /// - Returns: How many keys there are afterwards, of one subject.
    private static func race(_ platform: TestPlatform) async throws -> Int {
        try await platform.tamper("DELETE FROM {kernel.audit_subject}")
        try Self.carried(platform).empty()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask { try await platform.act("notes.\(number)", from: Self.address) }
            }
            try await group.waitForAll()
        }
        return try await platform.keys()[0]
    }

    @Test(arguments: TestEngine.allCases)
    func manyFirstEntriesAtOnceMakeOneKey(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self], setup: Self.setup(rehearses: false)) { platform in
            let keys = try await Self.race(platform)
            let found = try await platform.actions(from: Self.address).count

            #expect(keys == 1)
            #expect(found == 50)
        }
    }

    /// The negative control: without the unique index there are several.
    @Test func withoutTheIndexThereAreSeveralKeys() async throws {
        try await withPlatform(.postgres, plugins: [Notes.self], setup: Self.setup(rehearses: false)) { platform in
            try await platform.tamper("DROP INDEX {kernel.audit_subject_person_id_key}")
            var most = 0
            for _ in 0..<20 where most < 2 { most = try await Self.race(platform) }
            #expect(most > 1)
        }
    }

    /// Keys are remembered for as many subjects as there is room for.
    @Test(arguments: TestEngine.allCases)
    func whatIsRememberedIsBounded(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let ring = KeyRing(TestKeys(), clock: platform.clock, random: SystemRandom())
            let keys = SubjectKeys(ring, random: SystemRandom(), capacity: 3)
            let database = platform.database.database(in: .kernel).carrying(keys)
            var most = 0
            for place in TestPlace.allCases {
                let organization = try platform.organization(place).id
                for member in TestMember.allCases {
                    let actor = "user:\(try platform.user(member, in: place).id)"
                    try await database.write(in: .organization(organization)) { tx in
                        try AuditTrail.append(
                            AuditEntry(
                                id: tx.id(), at: tx.now, organization: organization, actor: actor,
                                action: "notes.written", object: nil, isSuccess: true,
                                origin: Origin(.test, address: Self.address), detail: .object([:])),
                            in: tx)
                    }
                    most = max(most, keys.count)
                }
            }
            #expect(most == 3)
            #expect(try await platform.keys() == [8, 0])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aKeyThatWasNotCommittedIsNotRemembered(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self], setup: Self.setup(rehearses: false)) { platform in
            let failing = Command<Void, Void>("notes.audited", .signedIn) { _, _, tx in
                try tx.audit("notes.lost")
                throw Refusal(.conflict, "changed_my_mind", "not now")
            }
            await #expect(throws: Refusal.self) { try await platform.run(failing, of: Notes.id, (), as: .customer) }
            #expect(try await platform.keys()[0] == 0)
            try await platform.act("notes.kept", from: Self.address)

            #expect(try await platform.keys()[0] == 1)
            #expect(try await platform.actions(from: Self.address) == ["notes.kept"])
        }
    }

    /// Nobody is kept from working because the key of their key is lost; what it sealed comes back with it.
    @Test(arguments: TestEngine.allCases)
    func aLostRingStopsNobody(_ engine: TestEngine) async throws {
        let keys = TestKeys()
        try await withPlatform(engine, plugins: [Notes.self], setup: Self.setup(keys: keys)) { platform in
            try await platform.act("notes.before", from: Self.address)
            try await platform.sealEverything()
            let list = try keys.read()
            keys.set(KeyList(firstAt: TestClock.start, random: SeededRandom(seed: 5)))
            _ = try platform.runtime.encryption.ring.reload()
            platform.clock.advance(seconds: 61)
            try await platform.act("notes.after", from: Self.address)
            try await platform.sealEverything()
            let verdict = try await platform.verify()

            #expect(verdict.findings == [])
            #expect(verdict.unreadable == 1)
            #expect(try await platform.addresses() == [nil, Self.address])
            #expect(try await platform.keys() == [2, 0])
            // Erasing finds both.
            try await platform.erase(.customer)
            #expect(try await platform.keys() == [0, 0])
            keys.set(list)
            platform.clock.advance(seconds: 61)
            #expect(try await platform.addresses() == [nil, nil])
            #expect(try await platform.tables(holding: Self.address) == [])
        }
    }

    @Test("v5.0.0-11.3.3 keys of the audit log are sealed by the ring", arguments: TestEngine.allCases)
    func keysAreSealedByTheRing(_ engine: TestEngine) async throws {
        let keys = TestKeys()
        try await withPlatform(engine, plugins: [Notes.self], setup: Self.setup(keys: keys)) { platform in
            try await platform.act("notes.before", from: Self.address)
            let clear = try await platform.database.rows(
                "SELECT count(*) FROM {kernel.audit_subject} WHERE sealed_key IS NULL OR clear_key IS NOT NULL")
            let list = try keys.rotate(seed: 77)
            #expect(try await platform.runtime.encryption.reseal().resealed == 1)
            keys.set(try list.removing(try #require(list.keys.first { $0.state == .former }).id))
            platform.clock.advance(seconds: 61)

            #expect(clear == [["0"]])
            #expect(try await platform.addresses() == [Self.address])
        }
    }
}
