internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacTestKit
internal import Bookings
internal import Logging

/// How long it takes to find out what somebody may do: no HTTP.
struct AccessBenchmark {
    /// How many users are asked about one after the other.
    private static let samples = 1_000
    /// What the issue of a single check may cost when everything is remembered, in microseconds.
    private static let warmLimit = 2.0
    /// What it may cost when nothing is, in microseconds.
    private static let coldLimit = 1_000.0

    let name: String
    let engine: any DatabaseEngine
    let roles: RoleSetup?

    /// Measures on a SQLite file.
    static func onSQLite() async throws -> Table {
        try await withTemporaryFolder { folder in
            let engine = try SQLiteEngine(
                SQLiteConfiguration(path: folder.file("access.sqlite"), purpose: "AlmanacBenchmarks"))
            return try await Self.closing(engine) {
                try await AccessBenchmark(name: "SQLite, synchronous FULL", engine: engine, roles: nil).run()
            }
        }
    }

    /// Measures on a PostgreSQL cluster of its own.
    static func onPostgres() async throws -> Table {
        try await PostgresCluster.with { cluster in
            let engine = PostgresEngine(
                PostgresConfiguration(url: try PostgresURL(cluster.url), statementTimeout: .seconds(60)),
                logger: Self.logger)
            return try await Self.closing(engine) {
                try await AccessBenchmark(name: "PostgreSQL, durable", engine: engine, roles: RoleSetup()).run()
            }
        }
    }

    private static func closing(_ engine: any DatabaseEngine, _ body: () async throws -> Table) async throws -> Table {
        do {
            let table = try await body()
            await engine.close()
            return table
        } catch {
            await engine.close()
            throw error
        }
    }

    private static var logger: Logger { Logger(label: "almanac.bench") { _ in SwiftLogNoOpLogHandler() } }

    private func run() async throws -> Table {
        let assembler = Assembler([Bookings.self])
        _ = try await Migrator(assembler.histories, roles: self.roles).migrate(self.engine, now: SystemClock().now)
        let runtime = try Runtime(
            assembling: assembler, enabled: [EnabledPlugin(Bookings.declaration.id)],
            database: Database(
                engine: self.engine, namespace: .kernel, clock: SystemClock(), ids: UUIDv7Generator()),
            logger: Self.logger)
        let organization = try await runtime.organizations.establish(
            slug: "large", name: "Large", zone: .utc, locale: "en", currency: "EUR")
        let tokens = try self.tokens()
        let seed = AccessSeed(organization: organization.id, isPostgres: self.roles != nil)
        try await self.engine.maintain { try seed.run(sessions: tokens.map(\.digest), on: $0) }

        var table = Table("Access on \(self.name)")
        table.notes.append(
            """
            \(Format.count(Double(AccessSeed.users))) users, \(Format.count(Double(AccessSeed.roles))) roles up to five \
            deep, \(Format.count(Double(AccessSeed.roles * AccessSeed.permissions.count))) rules, \
            \(Format.count(Double(AccessSeed.directGrants))) direct grants
            """)
        table.rows.append(try await self.cold(runtime, tokens, keepsRoles: false))
        table.rows.append(try await self.cold(runtime, tokens, keepsRoles: true))
        table.rows += try await self.warm(runtime, tokens)
        return table
    }

    private func tokens() throws -> [AccessToken] {
        try (0..<Self.samples).map { number in
            let digits = String(number)
            let text = "almanac_" + String(repeating: "A", count: 43 - digits.count) + digits
            guard let token = AccessToken(text) else { throw TestKitError("\(text) is no token") }
            return token
        }
    }

    /// From the token to the decision, with nothing remembered of the user, and of roles only where told.
    ///
    /// Beside each stands the smallest read there is, asked for in turn with it: what the way to the database and back
    /// costs on this machine at this moment, whatever is read.
    private func cold(_ runtime: Runtime, _ tokens: [AccessToken], keepsRoles: Bool) async throws -> Row {
        var durations: [Int64] = []
        var smallest: [Int64] = []
        for token in tokens {
            smallest.append(try await self.smallestRead(runtime.database))
            runtime.identity.forget(keepingRoles: keepsRoles)
            let start = ContinuousClock.now
            let found = try await runtime.identity.principal(for: token)
            let scope = found?.1.grants.scope(of: Self.permission)
            durations.append((ContinuousClock.now - start).nanoseconds)
            guard scope != nil else { throw TestKitError("a user of the benchmark may not do what they may do") }
        }
        let samples = Samples(nanoseconds: durations)
        let ceiling = Samples(nanoseconds: smallest).median
        let figure = keepsRoles ? "check, roles compiled, user unknown" : "check, cold: nothing remembered"
        var row = Row(figure, Format.duration(samples.median))
        row.p50 = Format.duration(samples.median)
        row.p99 = Format.duration(samples.percentile(99))
        row.ceiling = "smallest read \(Format.duration(ceiling))"
        row.ratio = Format.fixed(ceiling / samples.median, 2)
        return row.limited("≤ \(Format.duration(Self.coldLimit))", isMet: samples.median <= Self.coldLimit)
    }

    /// The nanoseconds that a transaction with one value of one row takes.
    private func smallestRead(_ database: Database) async throws -> Int64 {
        let start = ContinuousClock.now
        let found = try await database.read(in: .system(SystemScope("the smallest read"))) { tx in
            try tx.value("SELECT 1", as: Int.self)
        }
        let duration = (ContinuousClock.now - start).nanoseconds
        guard found == 1 else { throw TestKitError("the database answers with something else than it was asked for") }
        return duration
    }

    private static let permission = Permission("bookings:read")

    private func warm(_ runtime: Runtime, _ tokens: [AccessToken]) async throws -> [Row] {
        let token = tokens[0]
        guard let (_, user) = try await runtime.identity.principal(for: token) else {
            throw TestKitError("a user of the benchmark has no session")
        }
        let rounds = 200_000
        var allowed = 0
        let start = ContinuousClock.now
        for _ in 0..<rounds where Principal.user(user).scope(of: Self.permission) != nil { allowed += 1 }
        let check = Double((ContinuousClock.now - start).nanoseconds) / 1_000 / Double(rounds)
        guard allowed == rounds else { throw TestKitError("a user of the benchmark may not do what they may do") }

        var durations: [Int64] = []
        for _ in 0..<Self.samples * 10 {
            let start = ContinuousClock.now
            let found = try await runtime.identity.principal(for: token)
            let scope = found?.1.grants.scope(of: Self.permission)
            durations.append((ContinuousClock.now - start).nanoseconds)
            guard scope != nil else { throw TestKitError("a user of the benchmark may not do what they may do") }
        }
        let samples = Samples(nanoseconds: durations)
        var remembered = Row("token to decision, remembered", Format.duration(samples.median))
        remembered.p50 = Format.duration(samples.median)
        remembered.p99 = Format.duration(samples.percentile(99))
        return [
            Row("check, warm", Format.duration(check)).limited(
                "≤ \(Format.duration(Self.warmLimit))", isMet: check <= Self.warmLimit),
            remembered,
        ]
    }
}
