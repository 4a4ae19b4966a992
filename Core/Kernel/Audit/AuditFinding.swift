package import AlmanacStorage

/// Something that is wrong with an organization's audit log.
package struct AuditFinding: Sendable, Equatable {
    /// What sort of thing is wrong.
    package enum Kind: String, Sendable {
        /// The entry at this position is not the one that was sealed there: it, its place or its seal was changed.
        case changed
        /// The columns by which an entry is found do not say what the entry says.
        case columns
        /// The entry at this position is gone.
        case missing
        /// An entry stands where the chain has been already, but was never sealed.
        case inserted
        /// The chain does not lead to what was signed.
        case rewritten
        /// The chain ends before what was signed.
        case truncated
        /// A file of archived entries is gone, is another one, or what is told of it was changed.
        case segment
        /// The key of the entry's subject is not the one with which its personal fields were sealed.
        case subject
    }

    /// What sort of thing is wrong.
    package let kind: Kind
    /// The first position it concerns; `nil` for an entry that has none.
    package let position: Int64?
    /// What is wrong, for people.
    package let message: String

    init(_ kind: Kind, at position: Int64?, _ message: String) {
        self.kind = kind
        self.position = position
        self.message = message
    }
}

/// What examining an organization's audit log has shown.
package struct AuditVerdict: Sendable {
    /// Whose log it is.
    package let organization: OrganizationID
    /// How many entries were recomputed.
    package var entries = 0
    /// The last position of the chain; 0 when it is empty.
    package var head: Int64 = 0
    /// How many of the entries stand in files.
    package var archived = 0
    /// How many months were archived.
    package var segments = 0
    /// How many entries were removed with their files, because their time had come.
    package var removed: Int64 = 0
    /// How many of the entries in the database have personal fields that nobody can read any more, because the key of
    /// their subject was erased.
    package var erased = 0
    /// How many of the entries in the database have personal fields that cannot be read here, because the key ring does
    /// not hold the key of their subject's key.
    package var unreadable = 0
    /// How many entries wait for their position.
    package var unsealed = 0
    /// The position up to which a checkpoint outside the database proves that nothing was cut off, if there is one.
    package var proven: Int64?
    /// When that checkpoint was signed.
    package var provenAt: Instant?
    /// What is wrong, by position; at most ``findingLimit``, and how many there are is ``findingCount``.
    package private(set) var findings: [AuditFinding] = []
    /// How many things are wrong.
    package private(set) var findingCount = 0

    /// How many findings are kept.
    package static let findingLimit = 100

    init(_ organization: OrganizationID) { self.organization = organization }

    mutating func add(_ finding: AuditFinding) {
        self.findingCount += 1
        if self.findings.count < Self.findingLimit { self.findings.append(finding) }
    }
}
