internal import AlmanacStorage
internal import AlmanacTestKit
internal import Synchronization

/// The statements of a booking in a loop on the storage engine: nobody signs in, nothing is checked, no HTTP.
final class SQLiteCeiling: Sendable {
    /// How fast it went, and how many transactions a commit held.
    struct Outcome {
        let load: LoadResult
        let groupSize: Double
    }

    /// How many statements one booking takes.
    var statementCount: Int { self.recipe.statements.count }

    private let platform: EmbeddedPlatform
    private let recipe: Recipe<SQL>
    private let firstSlot: Instant
    private let serials = Atomic<Int>(0)

    /// Makes a few bookings to learn their statements.
    init(_ platform: EmbeddedPlatform, _ site: Site) async throws {
        let requests = BookingRequests(site)
        // The first ones fill caches: statements, catalog, token.
        for quarter in 40..<42 { _ = try await platform.capture(requests, quarter: quarter) }
        let first = try await platform.capture(requests, quarter: 42)
        self.recipe = try Recipe(first, try await platform.capture(requests, quarter: 44))
        self.firstSlot = site.diary.firstDay.adding(minutes: 1_440 * 800)
        self.platform = platform
    }

    /// Repeats the statements with so many writers at once.
    func run(writers: Int, seconds: Int) async throws -> Outcome {
        let database = self.platform.database
        let before = self.platform.engine.groupStatistics
        let load = try await TaskLoad(tasks: writers, duration: .seconds(seconds)).run { _ in
            let serial = self.serials.add(1, ordering: .relaxed).newValue
            try await database.write(in: .system(SystemScope("benchmark"))) { tx in try self.book(serial, tx) }
            return true
        }
        let after = self.platform.engine.groupStatistics
        let groups = max(after.groups - before.groups, 1)
        return Outcome(load: load, groupSize: Double(after.transactions - before.transactions) / Double(groups))
    }

    private func book(_ serial: Int, _ tx: Transaction) throws {
        // All with one provider: over two centuries its days stay as empty as those of a real one.
        let day = Int64(serial % 72_000)
        let slot = self.firstSlot.adding(minutes: day * 1_440 + Int64(serial / 72_000) * 15)
        for statement in self.recipe.statements {
            let values = self.recipe.values(of: statement, serial: serial, slot: slot.microseconds)
            try tx.reading.forEach(statement.source.binding(values)) { _ in }
        }
    }
}
