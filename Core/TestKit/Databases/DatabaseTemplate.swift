package import AlmanacStorage

/// What a test's database holds at the beginning: made once in a process, copied for each test.
package struct DatabaseTemplate: Sendable {
    /// Tells templates apart.
    let key: String
    /// The rooms of the template.
    let histories: [MigrationHistory]
    /// What is put in after the migrations.
    let seed: @Sendable (any DatabaseEngine) async throws -> Void

    /// Describes a beginning.
    ///
    /// - Parameters:
    ///   - histories: The migrations, those that are needed first.
    ///   - name: Names what `seed` does; templates with equal migrations and names are one.
    ///   - seed: Puts rows in.
    package init(
        _ histories: [MigrationHistory], name: String = "",
        seed: @escaping @Sendable (any DatabaseEngine) async throws -> Void = { _ in }
    ) {
        self.histories = histories
        self.key = ([name] + histories.map(\.fingerprint)).joined(separator: "\n")
        self.seed = seed
    }

    /// An empty database, without even a history of migrations.
    package static let empty = DatabaseTemplate([])

    /// Brings an engine's empty database to this beginning.
    func fill(_ engine: any DatabaseEngine) async throws {
        guard !self.histories.isEmpty else { return }
        _ = try await Migrator(self.histories, roles: RoleSetup()).migrate(engine, now: TestClock.start)
        try await self.seed(engine)
    }
}

/// Makes each template once; a failed attempt is not remembered.
actor TemplateCache<Made: Sendable> {
    private var made: [String: Task<Made, any Error>] = [:]

    func find(_ key: String, _ make: @escaping @Sendable () async throws -> Made) async throws -> Made {
        let task = self.made[key] ?? Task { try await make() }
        self.made[key] = task
        do {
            return try await task.value
        } catch {
            self.made[key] = nil
            throw error
        }
    }
}
