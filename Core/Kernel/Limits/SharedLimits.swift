internal import AlmanacStorage
internal import Synchronization

/// Counts what all hosts of a deployment let through together, in PostgreSQL.
///
/// Each key has one number: the theoretical arrival time of GCRA (ITU-T I.371, Annex A), by the clock of the database,
/// so that hosts whose clocks differ agree. Deciding and counting is one statement that locks the key's row and judges
/// its latest state: of 50 requests that reach two hosts at the same moment against a limit of 10, exactly 10 pass.
///
/// Only for what is worth a round trip to the database. SQLite has one process and nothing to share.
struct SharedLimits: Sendable {
    /// Who is held off, as the table has it.
    struct Block: Sendable {
        let policy: LimitPolicy
        let key: LimitKey
        /// Microseconds until one more request is allowed.
        let microseconds: Int64
    }

    /// How the limits stand after a request: microseconds owed, by charge.
    enum Verdict: Sendable {
        case admitted([Int64])
        /// What is owed where that is too much, by the index of the charge.
        case refused([Int: Int64])
    }

    private struct Held: Error {
        let debts: [Int: Int64]
    }

    static let table = Table(.kernel, "shared_limit", ownership: .deployment)

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("policy", .text)
            Column("subject", .bytes)
            Column("arrival", .instant)
            PrimaryKey("policy", "subject")
        },
        CreateIndex(on: Self.table, "arrival"),
    ]

    /// After so many decisions what nobody owes any more is taken out.
    private static let sweepInterval = 256

    private let database: Database
    private let decisions = Counter()

    private final class Counter: Sendable {
        let value = Atomic<Int>(0)
    }

    /// - Returns: `nil` where one process has the database for itself.
    init?(_ database: Database) {
        guard database.engine.name == "postgres" else { return nil }
        self.database = database.entering(.kernel)
    }

    /// Microseconds since the epoch by the database's clock; the same for a whole statement.
    private static let now: SQL = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint"

    private static let scope = Scope.system(SystemScope("rate limits of all hosts"))

    /// Counts a request against all its limits, or against none when one of them refuses it.
    ///
    /// - Throws: ``StorageError`` when the database does not answer.
    func charge(_ charges: [RateLimiter.Charge]) async throws -> Verdict {
        // In one order everywhere, so that two requests never wait for each other.
        let order = charges.indices.sorted { Self.precedes(charges[$0], charges[$1]) }
        if self.isSweepDue { try await self.sweep() }
        do {
            let debts = try await self.database.write(in: Self.scope) { tx in
                var debts: [Int: Int64] = [:]
                var held: [Int: Int64] = [:]
                for index in order {
                    let (debt, isAdmitted) = try Self.charge(charges[index], tx)
                    if isAdmitted { debts[index] = debt } else { held[index] = debt }
                }
                // Undoes what the other limits have counted.
                guard held.isEmpty else { throw Held(debts: held) }
                return debts
            }
            return .admitted(charges.indices.map { debts[$0] ?? 0 })
        } catch let held as Held {
            return .refused(held.debts)
        }
    }

    private static func charge(
        _ charge: RateLimiter.Charge, _ tx: Transaction
    ) throws -> (debt: Int64, isAdmitted: Bool) {
        let (policy, subject) = (charge.policy.name, charge.key.bytes)
        let interval = charge.policy.limit.interval
        let tolerance = charge.policy.limit.tolerance
        let counted = try tx.value(
            """
            INSERT INTO \(self.table) AS known (policy, subject, arrival)
            VALUES (\(policy), \(subject), \(self.now) + \(interval))
            ON CONFLICT (policy, subject) DO UPDATE SET arrival = greatest(known.arrival, \(self.now)) + \(interval)
            WHERE greatest(known.arrival, \(self.now)) + \(interval) <= \(self.now) + \(tolerance)
            RETURNING arrival - \(self.now)
            """, as: Int64.self)
        if let counted { return (counted, true) }
        let owed = try tx.value(
            "SELECT arrival - \(self.now) FROM \(self.table) WHERE policy = \(policy) AND subject = \(subject)",
            as: Int64.self)
        return (owed ?? tolerance, false)
    }

    /// Takes back requests that were counted.
    func giveBack(_ charges: [RateLimiter.Charge]) async throws {
        let order = charges.sorted(by: Self.precedes)
        try await self.database.write(in: Self.scope) { tx in
            for charge in order {
                try tx.execute(
                    """
                    UPDATE \(Self.table) SET arrival = arrival - \(charge.policy.limit.interval)
                    WHERE policy = \(charge.policy.name) AND subject = \(charge.key.bytes)
                    """)
            }
        }
    }

    /// Who is held off by the policies, those who wait longest first; at most `limit` for each.
    static func blocks(_ policies: [LimitPolicy], limit: Int, in tx: ReadTransaction) throws -> [Block] {
        var found: [Block] = []
        for policy in policies {
            // One more is allowed when what is owed leaves room for it.
            let threshold = policy.limit.tolerance - policy.limit.interval
            try tx.forEach(
                """
                SELECT subject, arrival - \(Self.now) - \(threshold) FROM \(Self.table)
                WHERE policy = \(policy.name) AND arrival - \(Self.now) > \(threshold)
                ORDER BY arrival DESC LIMIT \(limit)
                """
            ) { row in
                let subject: [UInt8] = try row.next()
                let microseconds: Int64 = try row.next()
                guard let key = LimitKey(bytes: subject) else { return }
                found.append(Block(policy: policy, key: key, microseconds: microseconds))
            }
        }
        return found
    }

    /// Forgets what a key owes to a policy.
    ///
    /// - Returns: Whether it owed anything.
    @discardableResult
    static func lift(_ policy: LimitPolicy, _ key: LimitKey, in tx: Transaction) throws -> Bool {
        try tx.execute("DELETE FROM \(self.table) WHERE policy = \(policy.name) AND subject = \(key.bytes)") > 0
    }

    private var isSweepDue: Bool {
        self.decisions.value.add(1, ordering: .relaxed).newValue % Self.sweepInterval == 0
    }

    /// Takes out some of what nobody owes any more; rows that are in use are left for the next time.
    func sweep() async throws {
        try await self.database.write(in: Self.scope) { tx in
            try tx.execute(
                """
                DELETE FROM \(Self.table) WHERE (policy, subject) IN (
                    SELECT policy, subject FROM \(Self.table) WHERE arrival < \(Self.now)
                    ORDER BY arrival LIMIT \(1_000) FOR UPDATE SKIP LOCKED)
                """)
        }
    }

    private static func precedes(_ left: RateLimiter.Charge, _ right: RateLimiter.Charge) -> Bool {
        (left.policy.number, left.key.high, left.key.low) < (right.policy.number, right.key.high, right.key.low)
    }
}

extension RateLimit {
    /// Microseconds that one request costs, rounded up.
    var interval: Int64 { (Int64(self.seconds) * 1_000_000 + Int64(self.requests) - 1) / Int64(self.requests) }

    /// Microseconds that may be owed: as many requests as may come at once.
    var tolerance: Int64 { self.interval * Int64(self.burst) }
}

extension LimitKey {
    /// The key as a column has it.
    var bytes: [UInt8] {
        [self.high, self.low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        func word(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(bytes[..<8]), low: word(bytes[8...]))
    }
}
