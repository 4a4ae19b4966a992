import AlmanacStorage
import AlmanacTestKit
import Logging
import Testing

@testable import AlmanacKernel

/// What policies may set: each fact by one of them, and only what they say.
struct PolicyFactTests {
    fileprivate struct Offer: PolicySubject {
        static let name = "market.offer"
        static let facts: [Fact<Offer>] = [.price, .days]
        var price = 100
        var days = 7
    }

    private struct Market: BarePlugin {
        static let declaration = Declaration(id: "market", version: "1.0.0", summary: "M")
        var contributions: Contributions {
            Policy("round", for: Offer.self, phase: .quote, sets: [.price]) { offer, _ in offer.price = 90 }
        }
    }

    private struct Delays: BarePlugin {
        static let declaration = Declaration(id: "delays", version: "1.0.0", summary: "D")
        var contributions: Contributions {
            Policy("longer", for: Offer.self, phase: .quote, sets: [.days]) { offer, _ in offer.days += offer.price }
        }
    }

    private struct Bargains: BarePlugin {
        static let declaration = Declaration(id: "bargains", version: "1.0.0", summary: "B")
        var contributions: Contributions {
            Policy("discount", for: Offer.self, phase: .quote, sets: [.days, .price]) { offer, _ in offer.price = 80 }
        }
    }

    private struct Sneaky: BarePlugin {
        static let declaration = Declaration(id: "sneaky", version: "1.0.0", summary: "S")
        var contributions: Contributions {
            Policy("quiet", for: Offer.self, phase: .quote, sets: [.days]) { offer, _ in offer.price = 0 }
        }
    }

    private struct Mistaken: BarePlugin {
        static let declaration = Declaration(id: "mistaken", version: "1.0.0", summary: "M")
        var contributions: Contributions {
            Policy("wrong", for: Offer.self, sets: [Fact("color") { $0.price }]) { _, _ in }
        }
    }

    private static let sell = Command<Void, [Int]>("market.sell", .signedIn) { _, _, tx in
        var offer = Offer()
        try tx.decide(&offer)
        return [offer.price, offer.days]
    }

    private func problems(_ plugins: [any Plugin.Type]) throws -> [String] {
        let database = Database(
            engine: OfflineEngine(), namespace: .kernel, clock: ManualClock(TestClock.start), ids: UUIDv7Generator())
        do {
            _ = try Runtime(
                assembling: Assembler(plugins), enabled: plugins.map { EnabledPlugin($0.declaration.id) },
                database: database, logger: SilentLog.logger)
            return []
        } catch {
            return error.all.map(\.description)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func policiesThatSetDifferentFactsWorkTogether(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Market.self, Delays.self]) { platform in
            // By plugin id, as neither needs the other: the delay comes before the price is rounded.
            let sold = try await platform.run(Self.sell, of: "market", ())
            #expect(sold == [90, 107])
        }
    }

    @Test
    func twoThatSetTheSameFactDoNotAssemble() throws {
        let problems = try self.problems([Market.self, Bargains.self])
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains("sets the fact price, which policy discount of bargains sets too") == true)
        #expect(problems.first?.contains("plugin market") == true)
        #expect(try self.problems([Market.self, Delays.self]).isEmpty)
    }

    @Test
    func aFactThatTheSubjectDoesNotHaveDoesNotAssemble() throws {
        let problems = try self.problems([Mistaken.self])
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains("sets color, which is no fact of market.offer") == true)
    }

    @Test(arguments: TestEngine.allCases)
    func whatAPolicyDoesNotSayItCannotSet(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Sneaky.self]) { platform in
            let error = await #expect(throws: UndeclaredUse.self) {
                try await platform.run(Self.sell, of: "sneaky", ())
            }
            #expect(error?.description.contains("policy quiet of sneaky sets price") == true)
        }
    }
}

extension Fact<PolicyFactTests.Offer> {
    fileprivate static var price: Self { Self("price") { $0.price } }
    fileprivate static var days: Self { Self("days") { $0.days } }
}
