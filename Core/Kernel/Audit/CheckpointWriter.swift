internal import AlmanacStorage
internal import Logging

/// Signs how far the chains have come, into a file outside the database.
///
/// Every host signs for itself into its own file; what it signs has been committed.
package actor CheckpointWriter {
    /// When there is something to sign.
    package struct Policy: Sendable {
        /// So many entries after the last checkpoint of an organization.
        package var entries: Int64 = 1_000
        /// So many microseconds after it, when there are any.
        package var microseconds: Int64 = 300_000_000

        package init() {}
    }

    /// The last checkpoint of an organization.
    private struct Mark {
        let position: Int64
        let hash: [UInt8]
        let at: Instant
    }

    private let database: Database
    private let file: CheckpointFile
    private let key: AuditKey
    private let policy: Policy
    private let logger: Logger
    /// What the file says; read once.
    private var marks: [OrganizationID: Mark]?

    /// - Parameters:
    ///   - database: Where the chains are.
    ///   - file: Where checkpoints are appended.
    ///   - key: What signs them.
    ///   - policy: When to sign.
    ///   - logger: Told when a chain no longer holds what was signed.
    init(_ database: Database, to file: CheckpointFile, key: AuditKey, _ policy: Policy, _ logger: Logger) {
        self.database = database.entering(.kernel)
        self.file = file
        self.key = key
        self.policy = policy
        self.logger = logger
    }

    /// Signs the chains that have come far enough.
    ///
    /// A chain that no longer holds what was signed last is not signed again: that would make the change good.
    ///
    /// - Parameter isLast: Whether to sign every chain that has grown at all.
    /// - Returns: How many were signed.
    /// - Throws: What the database throws; ``AuditFileError``.
    @discardableResult
    package func step(isLast: Bool = false) async throws -> Int {
        let known = try self.load()
        let positions = known.mapValues(\.position)
        let heads = try await self.database.read(in: .system(SystemScope("sign audit chains"))) { tx in
            try Head.all(positions, in: tx)
        }
        let now = self.database.clock.now
        let due = heads.filter { self.isDue($0, known[$0.organization], isLast, now) }
        guard !due.isEmpty else { return 0 }
        let key = self.key
        try self.file.append(
            due.map { head in
                { previous in
                    try AuditCheckpoint(
                        organization: head.organization, position: head.seal.position, hash: head.seal.hash, at: now,
                        previous: previous
                    ).line(signedBy: key)
                }
            })
        for head in due {
            self.marks?[head.organization] = Mark(position: head.seal.position, hash: head.seal.hash, at: now)
        }
        return due.count
    }

    private func isDue(_ head: Head, _ mark: Mark?, _ isLast: Bool, _ now: Instant) -> Bool {
        guard let mark else { return head.seal.position > 0 }
        guard head.hashAtMark == mark.hash else {
            self.logger.critical(
                "the audit log no longer holds what was signed: run `almanac audit verify`",
                metadata: ["organization": "\(head.organization)", "position": "\(mark.position)"])
            return false
        }
        let distance = head.seal.position - mark.position
        guard distance > 0 else { return false }
        return isLast || distance >= self.policy.entries
            || now.microseconds(since: mark.at) >= self.policy.microseconds
    }

    private func load() throws -> [OrganizationID: Mark] {
        if let marks = self.marks { return marks }
        var found: [OrganizationID: Mark] = [:]
        if self.file.exists {
            try self.file.forEachLine { number, line in
                guard let checkpoint = AuditCheckpoint(unverified: line) else {
                    throw AuditFileError(
                        "line \(number) of \(self.file.path) is no checkpoint: move the file away, another is begun")
                }
                found[checkpoint.organization] = Mark(
                    position: checkpoint.position, hash: checkpoint.hash, at: checkpoint.at)
            }
        }
        self.marks = found
        return found
    }
}

/// How far a chain has come.
private struct Head: Sendable {
    let organization: OrganizationID
    let seal: AuditSeal
    /// The hash at the position that was signed last.
    let hashAtMark: [UInt8]?

    static func all(_ marks: [OrganizationID: Int64], in tx: ReadTransaction) throws -> [Head] {
        try tx.values("SELECT id FROM \(Organization.table) ORDER BY id", as: OrganizationID.self).map { organization in
            let hash = try marks[organization].flatMap { try Self.hash(at: $0, of: organization, in: tx) }
            return Head(
                organization: organization, seal: try AuditSeal.head(of: organization, in: tx), hashAtMark: hash)
        }
    }

    /// The hash at a position; where the position was the last one when its month was archived, that of the month.
    private static func hash(
        at position: Int64, of organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [UInt8]? {
        let sealed = try tx.value(
            """
            SELECT hash FROM \(AuditSeal.table) WHERE organization_id = \(organization) AND position = \(position)
            """, as: [UInt8].self)
        if let sealed { return sealed }
        return try tx.value(
            """
            SELECT hash FROM \(AuditSegment.table)
            WHERE organization_id = \(organization) AND last_position = \(position)
            """, as: [UInt8].self)
    }
}
