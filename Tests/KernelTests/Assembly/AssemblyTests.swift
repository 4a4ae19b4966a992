import AlmanacStorage
import AlmanacTestKit
import Logging
import Testing

@testable import AlmanacKernel

/// What is wrong with a deployment is found before it starts, all of it, in words that help.
struct AssemblyTests {
    private static var core: KernelCore {
        let random = SeededRandom(seed: 1)
        let keys = KeyRing(NoKeys(), clock: ManualClock(TestClock.start), random: random)
        return KernelCore(database: .none, random: random, keys: keys, mail: nil, logger: Logger(label: "test"))
    }

    /// The problems of a deployment; empty when it assembles.
    private func problems(_ plugins: [any Plugin.Type], enabled: [EnabledPlugin]? = nil) -> [String] {
        let core = Self.core
        do {
            _ = try Assembler(plugins).assemble(enabled ?? plugins.map { EnabledPlugin($0.declaration.id) }, core: core)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    private func order(_ plugins: [any Plugin.Type]) throws -> [String] {
        let core = Self.core
        let enabled = plugins.map { EnabledPlugin($0.declaration.id) }
        return try Assembler(plugins).assemble(enabled, core: core).graph.plugins.map(\.declaration.id.name)
    }

    // MARK: Neighbors

    private struct Alpha: BarePlugin {
        static let declaration = Declaration(id: "alpha", version: "1.0.0", summary: "A", needs: ["gamma"])
    }

    private struct Beta: BarePlugin {
        static let declaration = Declaration(id: "beta", version: "1.0.0", summary: "B", needs: ["alpha"])
    }

    private struct Gamma: BarePlugin {
        static let declaration = Declaration(id: "gamma", version: "1.0.0", summary: "C", needs: ["beta"])
    }

    private struct Delta: BarePlugin {
        static let declaration = Declaration(
            id: "delta", version: "1.0.0", summary: "D", optional: ["zeta", "nowhere"])
    }

    private struct Zeta: BarePlugin {
        static let declaration = Declaration(id: "zeta", version: "1.0.0", summary: "Z")
    }

    private struct OtherZeta: BarePlugin {
        static let declaration = Declaration(id: "zeta", version: "2.0.0", summary: "Z")
    }

    @Test func aCycleIsShownWhole() {
        #expect(
            self.problems([Alpha.self, Beta.self, Gamma.self]) == [
                "plugin alpha: needs itself: alpha → gamma → beta → alpha"
            ])
    }

    @Test func aMissingNeedIsNamed() {
        #expect(
            self.problems([Alpha.self]) == [
                "plugin alpha: needs gamma, which is not enabled; add gamma under `plugins`, or remove alpha"
            ])
    }

    @Test func anUnknownPluginIsCorrected() {
        let position = SourcePosition(file: "plugins.yaml", line: 4, column: 3)
        let enabled = [EnabledPlugin("zetta", at: position), EnabledPlugin("quite-else")]
        #expect(
            self.problems([Zeta.self], enabled: enabled) == [
                "plugins.yaml:4:3: plugin zetta: there is no plugin called zetta in this program; did you mean zeta?",
                "plugin quite-else: there is no plugin called quite-else in this program; it has zeta",
            ])
    }

    @Test func pluginsComeAfterThoseTheyNeedOrUseHoweverTheyAreListed() throws {
        #expect(try self.order([Delta.self, Zeta.self]) == ["zeta", "delta"])
        #expect(try self.order([Zeta.self, Delta.self]) == ["zeta", "delta"])
        #expect(try self.order([Delta.self]) == ["delta"])
    }

    @Test func twoPluginsWithOneNameAreRefused() {
        #expect(
            self.problems([Zeta.self, OtherZeta.self])
                .contains("plugin zeta: two plugins of this program have this id"))
    }

    @Test func pluginsThatAreSwitchedOffStillMigrate() {
        let rooms = Assembler([Delta.self, Zeta.self]).histories.map(\.namespace.name)
        #expect(rooms == ["kernel", "zeta", "delta"])
    }

    // MARK: Services

    private struct Lookup: Sendable {}

    private static let lookup = ServiceKey<Lookup>("lookup", of: "zeta")

    private struct Thief: Plugin {
        static let declaration = Declaration(id: "thief", version: "1.0.0", summary: "T")

        init(settings: NoSettings, kernel: Kernel<Self>) throws { _ = try kernel.require(AssemblyTests.lookup) }

        var contributions: Contributions { Contributions() }
    }

    private struct Wisher: Plugin {
        static let declaration = Declaration(id: "wisher", version: "1.0.0", summary: "W", needs: ["zeta"])

        init(settings: NoSettings, kernel: Kernel<Self>) throws { _ = try kernel.find(AssemblyTests.lookup) }

        var contributions: Contributions { Contributions() }
    }

    private struct Believer: Plugin {
        static let declaration = Declaration(id: "believer", version: "1.0.0", summary: "B", needs: ["zeta"])

        init(settings: NoSettings, kernel: Kernel<Self>) throws { _ = try kernel.require(AssemblyTests.lookup) }

        var contributions: Contributions { Contributions() }
    }

    private struct Impostor: BarePlugin {
        static let declaration = Declaration(id: "impostor", version: "1.0.0", summary: "I")

        var contributions: Contributions { Provides(AssemblyTests.lookup, Lookup()) }
    }

    @Test func servicesOutsideTheDeclarationAreRefused() {
        #expect(
            self.problems([Thief.self]) == [
                "plugin thief: uses the service zeta.lookup, but does not list zeta in `needs`"
            ])
        #expect(
            self.problems([Wisher.self, Zeta.self]) == [
                "plugin wisher: uses the service zeta.lookup, but does not list zeta in `optional`"
            ])
        #expect(
            self.problems([Believer.self, Zeta.self]) == [
                "plugin believer: zeta does not provide the service zeta.lookup"
            ])
    }

    @Test func aServiceOfAnotherPluginCannotBeProvided() {
        #expect(
            self.problems([Impostor.self]) == [
                "plugin impostor, service zeta.lookup: its key belongs to zeta: only that plugin can provide it"
            ])
    }

    // MARK: Declarations

    private struct Happened: DomainEvent {
        static let wire = WireName("zeta.happened", version: 1)
    }

    private struct Vanished: DomainEvent {
        static let wire = WireName("zeta.vanished", version: 1)
    }

    private struct Listener: BarePlugin {
        static let declaration = Declaration(id: "listener", version: "1.0.0", summary: "L")

        var contributions: Contributions { On<Vanished>("note-it") { _, _ in } }
    }

    private struct Sloppy: BarePlugin {
        static let declaration = Declaration(
            id: "sloppy", version: "1.0.0", summary: "S",
            migrations: [
                Migration(1, "one") { UnsafeSQL(sqlite: [], postgres: []) },
                Migration(3, "three") { UnsafeSQL(sqlite: [], postgres: []) },
            ],
            events: [Happened.self],
            permissions: [
                PermissionDeclaration(Permission("Things"), "Sees", roles: [:]),
                PermissionDeclaration(Permission("things:read"), "Reads", roles: [:]),
            ])

        var contributions: Contributions {
            On<Happened>("twice") { _, _ in }
            On<Happened>("twice") { _, _ in }
        }
    }

    private struct Twin: BarePlugin {
        static let declaration = Declaration(
            id: "twin", version: "1.0.0", summary: "T",
            permissions: [PermissionDeclaration(Permission("things:read"), "Reads", roles: [:])])
    }

    private struct Shouting: BarePlugin {
        static let declaration = Declaration(id: "Shouting!", version: "1.0.0", summary: "S")
    }

    @Test func aHandlerOfAnEventThatNobodyDeclaresIsRefused() {
        #expect(
            self.problems([Listener.self]) == [
                "plugin listener, handler note-it of zeta.vanished/1: nobody declares the event zeta.vanished/1"
            ])
    }

    @Test func whatIsDeclaredIsWellFormed() {
        #expect(
            self.problems([Sloppy.self]) == [
                "plugin sloppy: the permission Things is not of the form resource:action",
                "plugin sloppy: the event zeta.happened/1 must be named sloppy.something",
                "plugin sloppy: its migration 3 stands where number 2 is expected",
                "plugin sloppy: handler twice of zeta.happened/1 is contributed twice",
            ])
        #expect(
            self.problems([Shouting.self]) == [
                """
                plugin Shouting!: its id must be lower-case letters, digits and hyphens, beginning with a letter, at \
                most 40
                """
            ])
    }

    @Test func aPermissionHasOneOwner() {
        #expect(
            self.problems([Sloppy.self, Twin.self]).contains(
                "plugin twin: declares the permission things:read, which sloppy declares too"))
    }

    // MARK: Everything at once

    private struct Picky: Plugin {
        struct Settings: PluginSettings {
            let seats: Int

            init(from read: inout SettingsReader) throws { self.seats = read("seats", "How many seats", in: 1...10) }
        }

        static let declaration = Declaration(id: "picky", version: "1.0.0", summary: "P")

        init(settings: Settings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions { Contributions() }
    }

    @Test func everythingThatIsWrongIsReportedInOneGo() {
        let all: [any Plugin.Type] = [
            Alpha.self, Beta.self, Gamma.self, Thief.self, Listener.self, Twin.self, Sloppy.self, Picky.self,
        ]
        let position = SourcePosition(file: "plugins.yaml", line: 9, column: 1)
        let enabled =
            all.map { EnabledPlugin($0.declaration.id, settings: $0.declaration.id == "picky" ? ["seats": 11] : [:]) }
            + [EnabledPlugin("lisner", at: position)]
        let found = self.problems(all, enabled: enabled)

        #expect(found.count == 10)
        for part in [
            "plugins.yaml:9:1: plugin lisner", "needs itself", "thief: uses the service", "plugin listener, handler",
            "permission Things", "must be named sloppy", "migration 3", "contributed twice",
            "which sloppy declares too", "seats",
        ] {
            #expect(found.contains { $0.contains(part) }, "\(part) in \(found)")
        }
    }
}

extension Database {
    /// No database at all: assembly must not miss it.
    fileprivate static var none: Database {
        Database(
            engine: OfflineEngine(), namespace: .kernel, clock: ManualClock(TestClock.start), ids: UUIDv7Generator())
    }
}
