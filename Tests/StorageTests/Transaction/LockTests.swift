import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Locks that a transaction takes before it checks.
struct LockTests {
    private static func keys(_ count: Int) -> [LockKey] {
        (0..<count).map { LockKey("resource", ID<Shop>(high: 7, low: UInt64($0))) }
    }

    @Test func aKeyIsTheSameInEveryProcess() {
        // FNV-1a over the class and sixteen zero bytes: two versions of the program must agree on it.
        #expect(LockKey("resource", ID<Shop>(high: 0, low: 0)).value == -5_871_318_834_433_473_931)
        #expect(LockKey("room", ID<Shop>(high: 0, low: 0)) != LockKey("resource", ID<Shop>(high: 0, low: 0)))
    }

    @Test(arguments: TestEngine.allCases)
    func severalCallsInOrderAreFine(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let keys = Self.keys(6).sorted()
            try await shop.write { tx in
                try tx.lock(Array(keys[0..<3].reversed()))
                try tx.lock([keys[1]])  // held already
                try tx.lock(Array(keys[3...]))
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aLaterLockThatSortsBeforeIsRefused(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            let keys = Self.keys(2).sorted()
            let error = await failure {
                try await shop.write { tx in
                    try tx.addShelf(1, "a")
                    try tx.lock([keys[1]])
                    try tx.lock([keys[0]])
                }
            }
            #expect(storageCode(of: error) == .lockOrder)
            try await shop.expect(labels: [])
        }
    }

    /// Each of many transactions reads a number and writes the next one: without a lock some would write the same.
    private func count(_ shop: Shop, times: Int) async throws -> Int? {
        let keys = Self.keys(4)
        try await shop.write { try $0.addShelf(1, "a") }
        await withTaskGroup { group in
            for number in 0..<times {
                group.addTask {
                    _ = try? await shop.write { tx in
                        // Different orders of asking: the database sorts.
                        try tx.lock(number.isMultiple(of: 2) ? keys : keys.reversed())
                        let query: SQL =
                            "SELECT floor FROM \(Shop.shelves) WHERE organization_id = \(Shop.north) AND id = \(1)"
                        let floor = try tx.value(query, as: Int.self) ?? 0
                        try tx.execute(
                            """
                            UPDATE \(Shop.shelves) SET floor = \(floor + 1)
                            WHERE organization_id = \(Shop.north) AND id = \(1)
                            """)
                    }
                }
            }
        }
        return try await shop.read { tx in
            try tx.value("SELECT floor FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)", as: Int.self)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoeverHoldsTheLockReadsWhatTheOneBeforeWrote(_ engine: TestEngine) async throws {
        try await withShop(engine, rehearses: false) { shop in
            let counted = try await self.count(shop, times: 60)
            #expect(counted == 60)
        }
    }

    @Test func withoutTheLockUpdatesAreLost() async throws {
        var setup = TestDatabase.Setup()
        setup.locking = NoLocking()
        // One round may go well by chance; that twenty do would mean that the test above shows nothing.
        for _ in 0..<20 {
            let counted = try await withShop(.postgres, rehearses: false, setup: setup) { shop in
                try await self.count(shop, times: 60)
            }
            if try #require(counted) < 60 { return }
        }
        Issue.record("sixty transactions without a lock never lost an update")
    }

    @Test func aLockIsWaitedForAndFreedAtTheEnd() async throws {
        try await withShop(.postgres, rehearses: false) { shop in
            let (isHeld, mayGoOn) = (TestSignal(), TestSignal())
            let order = TestLog()
            let keys = Self.keys(1)
            async let first: Void = shop.write { tx in
                try tx.lock(keys)
                _ = try tx.value("SELECT 1", as: Int.self)
                isHeld.send()
                mayGoOn.wait()
                order.note("first")
            }
            await isHeld.arrives()
            async let second: Void = shop.write { tx in
                try tx.lock(keys)
                _ = try tx.value("SELECT 1", as: Int.self)
                order.note("second")
            }
            try await shop.waitForBlockedSession()
            mayGoOn.send()
            _ = try await (first, second)

            #expect(order.all == ["first", "second"])
        }
    }
}

extension Shop {
    /// Waits until the server itself says that a session waits for a lock.
    func waitForBlockedSession() async throws {
        for _ in 0..<10_000 {
            let waiting = try await self.database.read(in: .system(SystemScope("look at sessions"))) { tx in
                try tx.value(
                    SQL(unsafeSQL: "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"),
                    as: Int.self)
            }
            if waiting ?? 0 > 0 { return }
            await Task.yield()
        }
        Issue.record("no session ever waited for a lock")
    }
}
