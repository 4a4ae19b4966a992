/// One step of a plugin's schema: numbered, applied once, never changed after it has shipped.
///
/// Migrations only go forward. What was applied is recorded with a checksum of the declaration; a program whose
/// declaration of an applied migration differs refuses to start, because nobody could say what the schema is.
/// A migration talks to the database in terms of tables and columns, never to record types, which will change.
///
/// The kinds make changes possible while old and new programs serve side by side. What a new program needs is added
/// before it begins (`expand`, `concurrentIndex`); rows that are there are brought in order beside the business
/// (`backfill`); what only the old program used is removed when that one is gone (`contract`). The last two are done
/// later than migrations behind them, so that none may rely on them: renaming a column is adding one, filling it,
/// and dropping the other.
public struct Migration: Sendable {
    /// How a migration runs.
    public enum Kind: String, Sendable {
        /// Adds to the schema inside one transaction; the program before it keeps working.
        case expand
        /// Builds or drops indexes outside a transaction, without blocking writers (PostgreSQL `CONCURRENTLY`).
        case concurrentIndex
        /// Brings rows in order in small batches while the platform serves; see ``Backfill``.
        case backfill
        /// Removes what no running program uses any more, inside one transaction.
        ///
        /// It waits for the backfills that it names, and until no program serves any more that does not know it.
        case contract

        /// Whether a program needs it before it can serve.
        package var isRequired: Bool { self == .expand || self == .concurrentIndex }
    }

    /// Counts from 1 within a plugin, without gaps.
    public let number: Int
    /// What it does, in a few words: `providers and rules`.
    public let name: String
    /// How it runs.
    public let kind: Kind
    /// The backfills, by name, that must be complete before.
    public let prerequisites: [String]
    /// What it fills, when its kind is `backfill`.
    public let backfill: Backfill?
    /// What it does, in order.
    public let steps: [any MigrationStep]

    /// Declares a migration.
    ///
    /// - Parameters:
    ///   - number: One more than that of the migration before.
    ///   - name: What it does, in a few words.
    ///   - kind: How it runs; a backfill is declared by ``init(_:_:backfill:)``.
    ///   - backfills: The plugin's backfills, by name, that a contract waits for.
    ///   - steps: What it does.
    public init(
        _ number: Int, _ name: String, kind: Kind = .expand, after backfills: [StaticString] = [],
        @MigrationBuilder steps: () -> [any MigrationStep]
    ) {
        self.number = number
        self.name = name
        self.kind = kind
        self.prerequisites = backfills.map { "\($0)" }
        self.backfill = nil
        self.steps = steps()
    }

    /// Declares a migration that brings rows in order while the platform serves.
    ///
    /// - Parameters:
    ///   - number: One more than that of the migration before.
    ///   - name: What it does, in a few words.
    ///   - backfill: What it fills.
    public init(_ number: Int, _ name: String, backfill: Backfill) {
        self.number = number
        self.name = name
        self.kind = .backfill
        self.prerequisites = []
        self.backfill = backfill
        self.steps = []
    }

    /// Identifies what is declared, independent of how an engine spells it.
    var fingerprint: String {
        ([self.kind.rawValue] + self.prerequisites.map { "after \($0)" }
            + (self.backfill.map { [$0.fingerprint] } ?? []) + self.steps.map(\.fingerprint)).joined(separator: "\n")
    }

    /// How it is called in messages: `7 old names go`.
    var label: String { "\(self.number) \(self.name)" }
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
