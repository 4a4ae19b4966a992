package import AlmanacStorage

/// A process that serves the deployment, as all of them see it.
package struct ServingHost: Sendable, Equatable {
    /// What a process knows of itself.
    package struct Description: Sendable, Equatable {
        /// The name of the machine.
        package let machine: String
        /// The process on it.
        package let process: Int
        /// The version of the program.
        package let version: String
        /// What the manifest says, as a hash that holds no secret.
        package let manifest: String
        /// How many migrations its program knows of each plugin.
        package let migrations: MigrationLevels

        package init(
            machine: String, process: Int, version: String, manifest: String,
            migrations: MigrationLevels = MigrationLevels()
        ) {
            self.machine = machine
            self.process = process
            self.version = version
            self.manifest = manifest
            self.migrations = migrations
        }

        /// Whether two hosts do the same.
        package func agrees(with other: Self) -> Bool {
            self.version == other.version && self.manifest == other.manifest
        }
    }

    /// Which start of the program it is.
    package let id: ID<ServingHost>
    /// What it says of itself.
    package let description: Description
    /// When it began, by the database's clock.
    package let startedAt: Instant
    /// For how many seconds nothing has been heard of it.
    package let silentSeconds: Int

    /// Whether it has been heard of lately.
    package var isAlive: Bool { self.silentSeconds <= HostRegistry.patienceSeconds }

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.description = Description(
            machine: try row.next(), process: try row.next(), version: try row.next(), manifest: try row.next(),
            migrations: MigrationLevels(text: try row.nextIfPresent()))
        self.startedAt = try row.next()
        self.silentSeconds = Int(max(0, try row.next(Int64.self) / 1_000_000))
    }
}
