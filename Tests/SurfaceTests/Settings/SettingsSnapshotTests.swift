import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// How soon a choice is seen, and what counts of it.
struct SettingsSnapshotTests {
    private func choose(_ runtime: Runtime, _ platform: TestPlatform, _ changes: JSONObject) async throws {
        let choices = runtime.choices
        let change = Command<JSONObject, Int>("kernel.settings.change", .signedIn) { changes, call, tx in
            try choices.change(Clinic.id, changes, call, in: tx).version
        }
        _ = try await runtime.invoker.run(change, of: "kernel", changes, as: try platform.call(as: .admin))
    }

    /// Another host over the same database.
    private func host(_ platform: TestPlatform, locked: [String] = []) throws -> Runtime {
        try Runtime(
            assembling: Assembler([Clinic.self]),
            enabled: [EnabledPlugin(Clinic.id, locked: locked.map { LockedSetting($0) })],
            database: platform.runtime.database, hasher: PasswordHasher(cost: .forTests),
            random: SeededRandom(seed: 9), logger: SilentLog.logger)
    }

    @Test(arguments: TestEngine.allCases)
    func thisHostSeesAChangeAtOnceAndOthersWithinASecond(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Clinic.self]) { platform in
            let (here, there) = (platform.runtime, try self.host(platform))
            let organization = try platform.organization().id
            func minutes(_ runtime: Runtime) async throws -> Int {
                try await Clinic.house(runtime, organization).noticeMinutes
            }
            #expect(try await minutes(here) == 5)
            #expect(try await minutes(there) == 5)
            try await self.choose(here, platform, ["noticeMinutes": 6])

            #expect(try await minutes(here) == 6)
            platform.clock.advance(microseconds: 1_000_000)
            #expect(try await minutes(there) == 5, "from memory")
            platform.clock.advance(microseconds: 1)
            #expect(try await minutes(there) == 6)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aReaderThatBeganBeforeAChangeDoesNotBringTheOldStateBack(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        try await withPlatform(engine, plugins: [Clinic.self], setup: setup) { platform in
            let organization = try platform.organization().id
            let choices = platform.runtime.choices
            let (hasBegun, mayRead) = (TestSignal(), TestSignal())
            async let early = platform.runtime.database.read(in: .organization(organization)) { tx -> Int in
                // The first statement decides which state the transaction sees.
                _ = try tx.value(
                    "SELECT count(*) FROM \(OrganizationChoices.table) WHERE organization_id = \(organization)",
                    as: Int.self)
                hasBegun.send()
                mayRead.wait()
                return try CurrentSettings<Clinic.House>(of: Clinic.id, choices)(in: tx).noticeMinutes
            }
            await hasBegun.arrives()
            try await self.choose(platform.runtime, platform, ["noticeMinutes": 6])
            mayRead.send()
            let seen = try await early
            let next = try await Clinic.house(platform).noticeMinutes

            #expect(seen == 5, "one consistent state")
            #expect(next == 6)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatWasChosenBeforeTheOperatorLockedItDoesNotCount(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Clinic.self]) { platform in
            let organization = try platform.organization().id
            try await self.choose(platform.runtime, platform, ["noticeMinutes": 6, "greeting": "Servus"])
            #expect(try await Clinic.house(platform.runtime, organization).noticeMinutes == 6)
            let locking = try self.host(platform, locked: ["noticeMinutes"])
            let house = try await Clinic.house(locking, organization)

            #expect(house.noticeMinutes == 5)
            #expect(house.greeting == "Servus")
            // It can be taken back though.
            try await self.choose(locking, platform, ["noticeMinutes": .null])
            #expect(try await Clinic.house(platform.runtime, organization).noticeMinutes == 6, "within a second")
            platform.clock.advance(microseconds: 1_000_001)
            #expect(try await Clinic.house(platform.runtime, organization).noticeMinutes == 5)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatTheProgramDoesNotTakeAnyMoreDoesNotCount(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Clinic.self]) { platform in
            let organization = try platform.organization().id
            try await self.choose(platform.runtime, platform, ["noticeMinutes": 6, "greeting": "Servus"])
            try await platform.runtime.database.write(in: .organization(organization)) { tx in
                let choices: JSON = ["noticeMinutes": 999, "greeting": "Servus", "former": true]
                try tx.execute(
                    """
                    UPDATE \(OrganizationChoices.table) SET choices = \(choices)
                    WHERE organization_id = \(organization)
                    """)
            }
            platform.clock.advance(microseconds: 1_000_001)
            let house = try await Clinic.house(platform)

            #expect(house.noticeMinutes == 5)
            #expect(house.greeting == "Servus")
        }
    }

    @Test func onlyPlainSettingsWithoutSecretsAreLeftToOrganizations() throws {
        struct Odd: PluginSettings {
            let key: Secret?
            let needed: Int
            let group: Clinic.House

            init(from read: inout SettingsReader) throws {
                self.key = read.optionalSecret("key", "A key")
                self.needed = read("needed", "Something")
                self.group = try read.group("group", "A group")
            }
        }
        let problems = OrganizationSettings(Odd.self, in: "odd").problems(in: Graph([]), owner: Clinic.declaration)

        #expect(problems.count == 3, "\(problems)")
    }

    @Test func lockingWhatThereIsNotDoesNotAssemble() async throws {
        let lock = LockedSetting("noticeMinute", at: SourcePosition(file: "plugins.yaml", line: 3, column: 9))
        let problems = await #expect(throws: Problems.self) {
            let enabled = [EnabledPlugin(Clinic.id, locked: [lock])]
            try await withPlatform(.sqlite, plugins: [Clinic.self], enabled: enabled) { _ in }
        }
        #expect(problems?.description.hasPrefix("plugins.yaml:3:9: plugins.clinic.locked: ") == true)
        #expect(problems?.description.hasSuffix("did you mean noticeMinutes?") == true)
    }
}
