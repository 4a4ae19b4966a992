import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Many writers share one commit, and none of them notices.
struct GroupCommitTests {
    /// Holds the writer until `count` closures are queued behind it, so that they become one group.
    private func queue(
        _ count: Int, in shop: Shop, _ body: @escaping @Sendable (Int, Transaction) throws -> Void
    ) async throws -> [(any Error)?] {
        let engine = try #require(shop.test.engine as? SQLiteEngine)
        let (isHeld, mayGoOn, hasGoneOn) = (TestSignal(), TestSignal(), TestSignal())
        async let holding: Void = engine.maintain { _ in
            isHeld.send()
            mayGoOn.wait()
            hasGoneOn.send()
        }
        await isHeld.arrives()
        let outcomes = await withTaskGroup(of: (Int, (any Error)?).self) { group in
            for number in 0..<count {
                group.addTask { (number, await failure { try await shop.write { try body(number, $0) } }) }
            }
            while engine.queuedTransactions < count, !hasGoneOn.hasArrived { await Task.yield() }
            mayGoOn.send()
            return await group.reduce(into: [(any Error)?](repeating: nil, count: count)) { $0[$1.0] = $1.1 }
        }
        try await holding
        return outcomes
    }

    @Test func writersThatWaitAreCommittedTogether() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            let engine = try #require(shop.test.engine as? SQLiteEngine)
            let before = engine.groupStatistics
            let outcomes = try await self.queue(50, in: shop) { number, tx in try tx.addShelf(number, "s\(number)") }
            let after = engine.groupStatistics

            #expect(outcomes.allSatisfy { $0 == nil })
            #expect(after.transactions - before.transactions == 50)
            #expect(after.groups - before.groups == 1)
            let labels = try await shop.labels()
            #expect(labels.count == 50)
        }
    }

    @Test func whatWaitsForRequestsToLeaveTimeGetsItWithoutAnother() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            // Tens of milliseconds of the writer's time, so that the background has to wait.
            try await shop.write { tx in
                for number in 0..<5_000 { try tx.addShelf(number, "s\(number)") }
            }
            try await shop.database.inBackground.write(in: .organization(Shop.north)) { tx in
                try tx.addShelf(5_000, "background")
            }
            let labels = try await shop.labels()
            #expect(labels.first == "background")
        }
    }

    @Test func aClosureThatThrowsHurtsNobodyElse() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            let outcomes = try await self.queue(30, in: shop) { number, tx in
                try tx.addShelf(number, "s\(number)")
                switch number % 3 {
                case 1: throw Mistake()
                case 2: try tx.addShelf(number, "twice")
                default: break
                }
            }
            for (number, error) in outcomes.enumerated() {
                switch number % 3 {
                case 0: #expect(error == nil)
                case 1: #expect(error is Mistake)
                default: #expect(storageCode(of: error) == .uniqueViolation)
                }
            }
            try await shop.expect(labels: (0..<30).filter { $0.isMultiple(of: 3) }.map { "s\($0)" }.sorted())
        }
    }

    @Test func aClosureThatWroteNothingBeforeItThrewCostsNobodyASecondRun() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            let log = TestLog()
            let outcomes = try await self.queue(10, in: shop) { number, tx in
                log.note("\(number)")
                if number == 5 { throw Mistake() }
                try tx.addShelf(number, "s\(number)")
            }

            #expect(outcomes[5] is Mistake)
            #expect(log.all.sorted() == (0..<10).map(String.init))
            try await shop.expect(labels: (0..<10).filter { $0 != 5 }.map { "s\($0)" })
        }
    }

    @Test(arguments: [false, true])
    func aClosureThatThrewAfterWritingIsUndoneAlone(_ hidesItsError: Bool) async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            for round in 0..<3 {
                let outcomes = try await self.queue(10, in: shop) { number, tx in
                    try tx.addShelf(round * 10 + number, "\(round)-\(number)")
                    guard number == 5 else { return }
                    // What it wrote and took back again has been written nevertheless.
                    try tx.execute("DELETE FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)")
                    if hidesItsError { try? tx.addShelf(round * 10, "twice") }
                    throw Mistake()
                }
                #expect(outcomes[5] != nil)
                #expect(outcomes.enumerated().allSatisfy { $0 == 5 || $1 == nil })
            }
            let kept = (0..<3).flatMap { round in (0..<10).filter { $0 != 5 }.map { "\(round)-\($0)" } }
            try await shop.expect(labels: kept)
        }
    }

    @Test func actionsRunForThoseThatSucceededOnly() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            let log = TestLog()
            _ = try await self.queue(20, in: shop) { number, tx in
                tx.afterCommit { log.note("\(number)") }
                if number.isMultiple(of: 2) { throw Mistake() }
            }
            #expect(Set(log.all) == Set((0..<20).filter { !$0.isMultiple(of: 2) }.map(String.init)))
            #expect(log.all.count == 10)
        }
    }

    @Test func manyWritersAtOnceLoseNothing() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            await withTaskGroup { group in
                for number in 0..<500 {
                    group.addTask { _ = try? await shop.write { try $0.addShelf(number, "s\(number)") } }
                }
            }
            let labels = try await shop.labels()
            #expect(labels.count == 500)
        }
    }

    // MARK: The transaction is lost in the middle of a group

    /// Lets the file grow by so many pages only: what a full disk looks like to SQLite.
    private func limitGrowth(to pages: Int, of shop: Shop) async throws {
        let rows = try await shop.test.rows("PRAGMA page_count")
        let count = try #require(rows.first?.first.flatMap { $0 }.flatMap { Int($0) })
        try await shop.test.run("PRAGMA max_page_count = \(count + pages)")
    }

    @Test func whenTheDiskIsFullOnlyTheClosureThatFilledItFails() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            try await self.limitGrowth(to: 20, of: shop)
            let log = TestLog()
            let outcomes = try await self.queue(9, in: shop) { number, tx in
                tx.afterCommit { log.note("\(number)") }
                try tx.addShelf(number, number == 4 ? String(repeating: "x", count: 1_000_000) : "s\(number)")
            }
            try await shop.test.run("PRAGMA max_page_count = 1000000")

            // Without the check after each closure, those behind the lost one would have run outside any transaction:
            // they would be there although their callers were told that the group's COMMIT had failed.
            for (number, error) in outcomes.enumerated() {
                #expect(storageCode(of: error) == (number == 4 ? .full : nil))
            }
            try await shop.expect(labels: (0..<9).filter { $0 != 4 }.map { "s\($0)" })
            #expect(log.all.sorted() == ["0", "1", "2", "3", "5", "6", "7", "8"])
        }
    }

    @Test func aClosureThatSwallowsTheFullDiskStillFails() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            try await self.limitGrowth(to: 20, of: shop)
            let outcomes = try await self.queue(3, in: shop) { number, tx in
                if number == 1 { try? tx.addShelf(100, String(repeating: "x", count: 1_000_000)) }
                try? tx.addShelf(number, "s\(number)")
            }
            try await shop.test.run("PRAGMA max_page_count = 1000000")

            #expect(outcomes.map { storageCode(of: $0) } == [nil, .full, nil])
            try await shop.expect(labels: ["s0", "s2"])
        }
    }

    @Test func severalThatFillTheDiskFailOneAfterTheOther() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            try await self.limitGrowth(to: 20, of: shop)
            let outcomes = try await self.queue(10, in: shop) { number, tx in
                let isLarge = number.isMultiple(of: 2)
                try tx.addShelf(number, isLarge ? String(repeating: "\(number)", count: 500_000) : "s\(number)")
            }
            try await shop.test.run("PRAGMA max_page_count = 1000000")

            #expect(outcomes.enumerated().allSatisfy { storageCode(of: $1) == ($0.isMultiple(of: 2) ? .full : nil) })
            try await shop.expect(labels: [1, 3, 5, 7, 9].map { "s\($0)" })
        }
    }

    @Test func aFullDiskInsideAnAttemptFailsTheTransaction() async throws {
        try await withShop(.sqlite, rehearses: false) { shop in
            try await self.limitGrowth(to: 20, of: shop)
            let error = await failure {
                try await shop.write { tx in
                    try tx.addShelf(1, "before")
                    try? tx.savepoint { try tx.addShelf(2, String(repeating: "x", count: 1_000_000)) }
                    try tx.addShelf(3, "after")
                }
            }
            try await shop.test.run("PRAGMA max_page_count = 1000000")

            #expect(error != nil)
            try await shop.expect(labels: [])
        }
    }
}
