import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Rules of several plugins about one decision: in order, in their own rooms, and with a veto.
struct PolicyTests {
    private struct Offer: PolicySubject {
        static let name = "market.offer"
        var price: Int
        var log: [String] = []
    }

    private struct Unjudged: PolicySubject {
        static let name = "market.unjudged"
        var value = 1
    }

    private struct Market: BarePlugin {
        static let declaration = Declaration(id: "market", version: "1.0.0", summary: "M")

        var contributions: Contributions {
            Policy("round", for: Offer.self, phase: .quote) { offer, tx in
                offer.price = offer.price / 10 * 10
                offer.log.append("market.round in \(tx.room)")
            }
        }
    }

    private struct Bargains: BarePlugin {
        static let declaration = Declaration(id: "bargains", version: "1.0.0", summary: "B", needs: ["market"])

        var contributions: Contributions {
            Policy("z-veto", for: Offer.self) { offer, tx in
                offer.log.append("bargains.z-veto in \(tx.room)")
                if offer.price > 100 { throw Refusal(.conflict, "too_dear", "too dear") }
            }
            Policy("discount", for: Offer.self, phase: .quote) { offer, tx in
                offer.price -= 5
                offer.log.append("bargains.discount in \(tx.room)")
            }
            Policy("facts", for: Offer.self, phase: .gather) { offer, tx in
                offer.log.append("bargains.facts in \(tx.room)")
            }
            Policy("a-check", for: Offer.self) { offer, tx in offer.log.append("bargains.a-check in \(tx.room)") }
        }
    }

    private static let sell = Command<Int, [String]>("market.sell", .signedIn) { price, _, tx in
        var offer = Offer(price: price)
        try tx.decide(&offer)
        return offer.log + ["\(offer.price)"]
    }

    @Test(arguments: TestEngine.allCases)
    func phasesComeFirstThenTheGraphThenNames(_ engine: TestEngine) async throws {
        // Whichever way they are listed.
        for plugins: [any Plugin.Type] in [[Market.self, Bargains.self], [Bargains.self, Market.self]] {
            try await withPlatform(engine, plugins: plugins) { platform in
                let log = try await platform.run(Self.sell, of: "market", 99)
                #expect(
                    log == [
                        "bargains.facts in bargains", "market.round in market", "bargains.discount in bargains",
                        "bargains.a-check in bargains", "bargains.z-veto in bargains", "85",
                    ])
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aVetoRollsEverythingBack(_ engine: TestEngine) async throws {
        let audited = Command<Int, Void>("market.sell", .signedIn) { price, _, tx in
            try tx.audit("market.sold")
            var offer = Offer(price: price)
            // A veto that is caught is none: the command decides what to do about it.
            do { try tx.decide(&offer) } catch let refusal as Refusal where price == 500 {
                try tx.audit("market.\(refusal.code)")
                return
            }
        }
        try await withPlatform(engine, plugins: [Market.self, Bargains.self]) { platform in
            let vetoed = await refusal { try await platform.run(audited, of: "market", 200) }
            let entries = try await platform.database.rows(
                "SELECT action FROM {kernel.audit_entry} WHERE action LIKE 'market.%'")
            try await platform.run(audited, of: "market", 500)
            let later = try await platform.database.rows(
                "SELECT action FROM {kernel.audit_entry} WHERE action LIKE 'market.%' ORDER BY action")

            #expect(vetoed?.code == "too_dear")
            #expect(entries == [])
            #expect(later == [["market.sold"], ["market.too_dear"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aDecisionWithoutPoliciesStaysAsItIs(_ engine: TestEngine) async throws {
        let command = Command<Void, Int>("market.idle", .signedIn) { _, _, tx in
            var subject = Unjudged()
            try tx.decide(&subject)
            return subject.value
        }
        try await withPlatform(engine, plugins: [Market.self]) { platform in
            let value = try await platform.run(command, of: "market", ())
            #expect(value == 1)
        }
    }
}
