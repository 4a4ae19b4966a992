import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// A garden whose schema changes while it is worked in: two organizations with beds of the same numbers.
struct Garden {
    static let room = Namespace("garden")
    static let beds = Table(Self.room, "bed")
    static let visits = Table(Self.room, "visit")
    static let plants = Table(Self.room, "plant")
    static let fold = Column("name_fold", .text, optional: true)

    static let first = Migration(1, "beds") {
        CreateTable(Self.beds) {
            Column("id", .integer)
            Column("name", .text)
            PrimaryKey("id")
        }
        CreateTable(Self.visits) {
            Column("number", .uuid)
            Column("bed_id", .integer)
            PrimaryKey("number")
        }
    }
    static let second = Migration(2, "fold keys") { AddColumn(Self.fold, to: Self.beds) }

    /// Sets a column, which no row needs twice.
    static let filling = Migration(
        3, "fill the fold keys",
        backfill: Backfill("fold", of: Self.beds, set: "name_fold = lower(name)", where: "name_fold IS NULL", batch: 10)
    )

    /// Writes a row for each bed, and would write another one if it ran beside itself.
    static let visiting = Migration(
        3, "visit the beds",
        backfill: Backfill(
            "visit", over: Self.beds, batch: 10,
            sqlite: Backfill.Statement(
                """
                INSERT INTO garden_visit (organization_id, number, bed_id)
                SELECT organization_id, randomblob(16), id FROM garden_bed WHERE {batch}
                """,
                where: """
                    NOT EXISTS (SELECT 1 FROM garden_visit v WHERE v.organization_id = garden_bed.organization_id
                    AND v.bed_id = garden_bed.id)
                    """),
            postgres: Backfill.Statement(
                """
                INSERT INTO garden.visit (organization_id, number, bed_id)
                SELECT organization_id, gen_random_uuid(), id FROM garden.bed WHERE {batch}
                """,
                where: """
                    NOT EXISTS (SELECT 1 FROM garden.visit v WHERE v.organization_id = bed.organization_id
                    AND v.bed_id = bed.id)
                    """)))

    static let contract = Migration(4, "every bed has a fold key", kind: .contract, after: ["fold"]) {
        SetNotNull(Self.fold, of: Self.beds)
    }
    static let all = [Self.first, Self.second, Self.filling, Self.contract]

    static func histories(_ migrations: [Migration]) -> [MigrationHistory] {
        [MigrationHistory(.kernel, []), MigrationHistory(Self.room, migrations)]
    }

    let test: TestDatabase
    let database: Database

    init(_ test: TestDatabase, rehearses: Bool = false) {
        self.test = test
        self.database = test.database(in: Self.room, rehearses: rehearses)
    }

    /// Applies what is due of these migrations, for hosts that serve.
    @discardableResult
    func migrate(
        _ migrations: [Migration], contracts: Bool = true, gate: MigrationGate = .open
    ) async throws -> [AppliedMigration] {
        try await Migrator(Self.histories(migrations), roles: RoleSetup(), gate: gate)
            .migrate(self.test.engine, now: self.test.clock.now, contracts: contracts)
    }

    func runner(
        _ migrations: [Migration], gate: MigrationGate = .open, on engine: (any DatabaseEngine)? = nil
    )
        -> BackfillRunner
    {
        var database = self.database
        if let engine {
            database = Database(
                engine: engine, namespace: Self.room, clock: self.test.clock,
                ids: UUIDv7Generator(random: SeededRandom(seed: 9)))
        }
        return BackfillRunner(Self.histories(migrations), database, gate: gate)
    }

    func status(_ migrations: [Migration], gate: MigrationGate = .open) async throws -> MigrationStatus {
        let all = try await Migrator(Self.histories(migrations), roles: nil, gate: gate)
            .status(self.test.engine, now: self.test.clock.now)
        return try #require(all.last)
    }

    func addBeds(_ numbers: ClosedRange<Int>, in organization: OrganizationID = Shop.north) async throws {
        try await self.database.write(in: .organization(organization)) { tx in
            for number in numbers {
                try tx.execute(
                    """
                    INSERT INTO \(Self.beds) (organization_id, id, name)
                    VALUES (\(organization), \(number), \("Bed \(number)"))
                    """)
            }
        }
    }

    /// Takes steps without pauses until there is nothing to do any more.
    @discardableResult
    func finish(_ runner: BackfillRunner) async throws -> Int {
        var steps = 0
        while steps < 200 {
            switch try await runner.step(isPaced: false) {
            case .nothing, .waiting: return steps
            case .notYet, .advanced, .completed: steps += 1
            }
        }
        throw TestKitError("it takes step after step and comes to no end")
    }

    func unfilled() async throws -> Int {
        try await self.count("SELECT count(*) FROM {garden.bed} WHERE name_fold IS NULL OR name_fold <> lower(name)")
    }

    func count(_ query: String) async throws -> Int {
        Int(try await self.test.rows(query).first?.first.flatMap { $0 } ?? "") ?? -1
    }
}

/// Runs `body` with a garden that has its first migrations, 25 beds in the north and 17 in the south.
func withGarden(
    _ engine: TestEngine, _ migrations: [Migration] = [Garden.first, Garden.second],
    setup: TestDatabase.Setup = TestDatabase.Setup(), _ body: (Garden) async throws -> Void
) async throws {
    try await withTestDatabase(
        engine, template: DatabaseTemplate(Garden.histories(migrations)), setup: setup
    ) { test in
        let garden = Garden(test)
        try await garden.addBeds(1...25)
        try await garden.addBeds(1...17, in: Shop.south)
        try await body(garden)
    }
}
