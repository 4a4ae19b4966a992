internal import Crypto
internal import Synchronization

/// The migrations of one plugin, in order.
public struct MigrationHistory: Sendable {
    /// The plugin's room.
    public let namespace: Namespace
    /// Its migrations, numbered from 1 without gaps.
    public let migrations: [Migration]
    /// What follows from them, once somebody has asked.
    let knownLayouts = KnownLayouts()

    /// Collects the migrations of a plugin.
    public init(_ namespace: Namespace, _ migrations: [Migration]) {
        self.namespace = namespace
        self.migrations = migrations
    }
}

/// A migration that was applied now.
public struct AppliedMigration: Sendable, Equatable {
    /// The plugin's room.
    public let plugin: String
    /// Its number within the plugin.
    public let number: Int
    /// What it does.
    public let name: String
}

/// How far one plugin's schema is.
public struct MigrationStatus: Sendable, Equatable {
    /// The plugin's room.
    public let plugin: String
    /// How many migrations have been applied.
    public let applied: Int
    /// Those that the program needs and that are missing, as `number name`.
    public let pending: [String]
    /// Those that are done beside the business, or later.
    public let outstanding: [OutstandingMigration]

    package init(plugin: String, applied: Int, pending: [String], outstanding: [OutstandingMigration] = []) {
        self.plugin = plugin
        self.applied = applied
        self.pending = pending
        self.outstanding = outstanding
    }
}

/// A backfill that is not complete, or a contract that is not due.
public struct OutstandingMigration: Sendable, Equatable {
    /// The plugin's room.
    public let plugin: String
    /// Its number within the plugin.
    public let number: Int
    /// What it does.
    public let name: String
    /// The name of the backfill; `nil` for a contract.
    public let backfill: String?
    /// How far the backfill is; `nil` before it has begun.
    package let progress: BackfillProgress?
    /// Why it waits; `nil` when it is due.
    public let obstacle: String?
}

extension MigrationHistory {
    /// Everything that it declares, as one text: histories with equal texts lead to equal databases.
    package var fingerprint: String {
        self.knownLayouts.fingerprint.withLock { known in
            if let known { return known }
            let lines = self.migrations.flatMap { migration in
                ["\(self.namespace) \(migration.number) \(migration.name) \(migration.kind)"]
                    + migration.steps.map(\.fingerprint)
            }
            let found = lines.joined(separator: "\n")
            known = found
            return found
        }
    }
}

extension Migration {
    /// SHA-256 of the declaration, in hexadecimal.
    var checksum: String { Hexadecimal.encode(SHA256.hash(data: Array(self.fingerprint.utf8))) }
}
