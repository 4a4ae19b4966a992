/// The database refused a statement or could not be reached.
public struct StorageError: Error, CustomStringConvertible {
    /// What went wrong, for programs.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String {
            case uniqueViolation, foreignKeyViolation, checkViolation, exclusionViolation, notNullViolation
            case serialization, timeout, unavailable, outcomeUnknown, readOnly, full, locked
            case lockOrder, organizationMissing, organizationMismatch, invalidText, migrationHistory, statement, cursor
        }

        private let base: Base

        // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
        public var description: String { self.base.rawValue }

        /// A unique constraint holds such a row already; ``StorageError/constraint`` names it.
        public static let uniqueViolation = Self(base: .uniqueViolation)
        /// A row that is pointed at does not exist, or is still pointed at.
        public static let foreignKeyViolation = Self(base: .foreignKeyViolation)
        /// A check constraint refused the row.
        public static let checkViolation = Self(base: .checkViolation)
        /// An exclusion constraint refused an overlapping row (PostgreSQL only: a backstop behind locks).
        public static let exclusionViolation = Self(base: .exclusionViolation)
        /// A column that must have a value got none.
        public static let notNullViolation = Self(base: .notNullViolation)
        /// Transactions got in each other's way more often than the engine retries.
        public static let serialization = Self(base: .serialization)
        /// A statement or a lock took longer than allowed.
        public static let timeout = Self(base: .timeout)
        /// The database cannot be reached; nothing was written.
        public static let unavailable = Self(base: .unavailable)
        /// The connection broke during the commit: it is not known whether the transaction happened.
        public static let outcomeUnknown = Self(base: .outcomeUnknown)
        /// A read transaction tried to write.
        public static let readOnly = Self(base: .readOnly)
        /// The disk is full or failed; nothing was written.
        public static let full = Self(base: .full)
        /// Another process is the writer of this SQLite file.
        public static let locked = Self(base: .locked)
        /// Locks were taken in an order that could deadlock.
        public static let lockOrder = Self(base: .lockOrder)
        /// A statement on a table of an organization does not constrain `organization_id`.
        public static let organizationMissing = Self(base: .organizationMissing)
        /// A statement names an organization that is not the transaction's.
        public static let organizationMismatch = Self(base: .organizationMismatch)
        /// A text holds U+0000 or is not valid.
        public static let invalidText = Self(base: .invalidText)
        /// Migrations that were applied do not match those of this program.
        public static let migrationHistory = Self(base: .migrationHistory)
        /// The statement is wrong: a mistake of ours.
        public static let statement = Self(base: .statement)
        /// A page cursor was not made by this list.
        public static let cursor = Self(base: .cursor)
    }

    /// What went wrong, for programs.
    public let code: Code
    /// What went wrong, for the developer and the operator; carries no bound values.
    public let message: String
    /// The violated constraint as `table_column_key`, without room and organization, the same on both engines.
    ///
    /// `nil` for a foreign key on SQLite, which does not tell which one.
    public let constraint: String?

    /// Makes an error.
    public init(_ code: Code, _ message: String, constraint: String? = nil) {
        self.code = code
        self.message = message
        self.constraint = constraint
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String {
        "\(self.code): \(self.message)" + (self.constraint.map { " (\($0))" } ?? "")
    }
}

extension Error {
    /// The storage error behind this one, also when an earlier statement failed the transaction.
    public var storageError: StorageError? {
        TransactionFailed.root(of: self) as? StorageError
    }
}
