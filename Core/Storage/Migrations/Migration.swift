/// One step of a plugin's schema: numbered, applied once, never changed after it has shipped.
///
/// Migrations only go forward. What was applied is recorded with a checksum of the declaration; a program whose
/// declaration of an applied migration differs refuses to start, because nobody could say what the schema is.
/// A migration talks to the database in terms of tables and columns, never to record types, which will change.
public struct Migration: Sendable {
    /// How a migration runs.
    public enum Kind: String, Sendable {
        /// Adds to the schema inside one transaction; the program before it keeps working.
        case expand
        /// Builds indexes outside a transaction, without blocking writers (PostgreSQL `CONCURRENTLY`).
        case concurrentIndex
        /// Removes what no running program uses any more, inside one transaction.
        case contract
    }

    /// Counts from 1 within a plugin, without gaps.
    public let number: Int
    /// What it does, in a few words: `providers and rules`.
    public let name: String
    /// How it runs.
    public let kind: Kind
    /// What it does, in order.
    public let steps: [any MigrationStep]

    /// Declares a migration.
    public init(
        _ number: Int, _ name: String, kind: Kind = .expand, @MigrationBuilder steps: () -> [any MigrationStep]
    ) {
        self.number = number
        self.name = name
        self.kind = kind
        self.steps = steps()
    }

    /// Identifies what is declared, independent of how an engine spells it.
    var fingerprint: String {
        ([self.kind.rawValue] + self.steps.map(\.fingerprint)).joined(separator: "\n")
    }
}

/// One change of the schema.
public protocol MigrationStep: Sendable {
    /// The statements for PostgreSQL (`true`) or SQLite (`false`).
    func statements(postgres: Bool) -> [String]
    /// The declaration as text that stays the same for ever: the checksum is taken of it, not of the statements.
    var fingerprint: String { get }
}

/// Lets steps be written one under the other.
@resultBuilder
public enum MigrationBuilder {
    /// One step.
    public static func buildExpression(_ step: some MigrationStep) -> [any MigrationStep] { [step] }
    /// Steps made elsewhere, for example by `map`.
    public static func buildExpression(_ steps: [any MigrationStep]) -> [any MigrationStep] { steps }
    /// All steps, in order of writing.
    public static func buildBlock(_ steps: [any MigrationStep]...) -> [any MigrationStep] { steps.flatMap { $0 } }
}

/// Statements in each dialect's own words, for what the typed steps cannot say.
public struct UnsafeSQL: MigrationStep {
    let sqlite: [String]
    let postgres: [String]

    /// Declares statements; on PostgreSQL tables are spelled `room.table`, on SQLite `room_table`.
    public init(sqlite: [String], postgres: [String]) {
        self.sqlite = sqlite
        self.postgres = postgres
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func statements(postgres: Bool) -> [String] { postgres ? self.postgres : self.sqlite }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var fingerprint: String {
        "sql\nsqlite: \(self.sqlite.joined(separator: ";\n"))\npostgres: \(self.postgres.joined(separator: ";\n"))"
    }
}
