import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Money moves between accounts at random and in parallel: the sum stays, and nobody goes below nothing.
struct BankTransferTests {
    private static let accounts = 8
    private static let start = 100

    private struct Transfer: Sendable {
        let from: Int
        let to: Int
        let amount: Int
    }

    private static func transfers(_ count: Int, seed: UInt64) -> [Transfer] {
        let random = SeededRandom(seed: seed)
        func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
        return (0..<count).map { _ in
            let from = below(Self.accounts)
            return Transfer(
                from: from, to: (from + 1 + below(Self.accounts - 1)) % Self.accounts, amount: 1 + below(60))
        }
    }

    private static func key(_ account: Int) -> LockKey { LockKey("account", ID<Shop>(high: 1, low: UInt64(account))) }

    private static func balance(_ account: Int, _ tx: Transaction) throws -> Int {
        try tx.value("SELECT floor FROM \(Shop.shelves) WHERE organization_id = \(Shop.north) AND id = \(account)") ?? 0
    }

    private static func set(_ account: Int, to balance: Int, _ tx: Transaction) throws {
        try tx.post(
            "UPDATE \(Shop.shelves) SET floor = \(balance) WHERE organization_id = \(Shop.north) AND id = \(account)")
    }

    @Test(arguments: TestEngine.allCases, [UInt64(1), 2])
    func theSumStays(_ engine: TestEngine, _ seed: UInt64) async throws {
        try await withShop(engine, rehearses: false) { shop in
            try await shop.write { tx in
                for account in 0..<Self.accounts {
                    try tx.addShelf(account, "account \(account)")
                    try Self.set(account, to: Self.start, tx)
                }
            }
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for transfer in Self.transfers(300, seed: seed) {
                    group.addTask {
                        let error = await failure {
                            try await shop.write { tx in
                                try tx.lock([Self.key(transfer.from), Self.key(transfer.to)])
                                let left = try Self.balance(transfer.from, tx) - transfer.amount
                                try Self.set(transfer.from, to: left, tx)
                                try Self.set(transfer.to, to: try Self.balance(transfer.to, tx) + transfer.amount, tx)
                                // Refused after the fact: everything must be undone.
                                if left < 0 { throw Mistake() }
                            }
                        }
                        if let error, !(error is Mistake) { Issue.record(error) }
                        return error == nil
                    }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            let balances = try await shop.read { tx in
                try tx.values("SELECT floor FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)", as: Int.self)
            }
            #expect(balances.reduce(0, +) == Self.accounts * Self.start)
            #expect(balances.allSatisfy { $0 >= 0 })
            // Both kinds happened, or the test would show nothing.
            #expect(Set(outcomes) == [true, false])
        }
    }
}
