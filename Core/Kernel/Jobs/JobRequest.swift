internal import AlmanacStorage

/// A job that somebody wants done, before it is stored.
struct JobRequest {
    /// The input or the key breaks a rule: a mistake of the plugin's.
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    let organization: OrganizationID
    let name: String
    let input: JSON
    let runAt: Instant
    let priority: JobPriority
    let uniqueness: JobUniqueness?
    let enqueuedBy: String

    /// - Throws: ``Malformed``; what encoding the input throws.
    init(
        organization: OrganizationID, name: String, input: some Encodable, runAt: Instant, priority: JobPriority,
        uniqueness: JobUniqueness?, by enqueuedBy: String
    ) throws {
        let bytes = try JSONEncoding.encode(input)
        guard bytes.count <= JobTable.longestInput else {
            throw Malformed(description: "the input of the job \(name) is longer than \(JobTable.longestInput) bytes")
        }
        if let key = uniqueness?.key, !(1...JobTable.longestKey ~= key.utf8.count) {
            throw Malformed(description: "the key of the job \(name) must have 1 to \(JobTable.longestKey) bytes")
        }
        self.organization = organization
        self.name = name
        self.input = try JSON(parsing: bytes)
        self.runAt = runAt
        self.priority = priority
        self.uniqueness = uniqueness
        self.enqueuedBy = enqueuedBy
    }

    /// Stores the job, or joins it with the one that waits.
    ///
    /// - Returns: The job that does the work.
    func store(in tx: Transaction) throws -> ID<StoredJob> {
        let id: ID<StoredJob> = tx.id()
        guard let uniqueness = self.uniqueness else {
            try tx.post(self.insertion(id, at: tx.now))
            return id
        }
        // An update even where nothing changes: it holds the job that waits until our commit, so that it cannot begin
        // before it sees what we write. One that begins first makes the insertion succeed instead.
        let rule: SQL =
            switch uniqueness.rule {
            case .once:
                """
                run_at = CASE WHEN known.attempts = 0 AND excluded.run_at < known.run_at
                    THEN excluded.run_at ELSE known.run_at END,
                priority = CASE WHEN excluded.priority > known.priority
                    THEN excluded.priority ELSE known.priority END
                """
            case .latest:
                """
                run_at = excluded.run_at, input = excluded.input, priority = excluded.priority, attempts = 0,
                last_error = NULL
                """
            }
        let stored = try tx.value(
            """
            \(self.insertion(id, at: tx.now))
            ON CONFLICT (organization_id, name, unique_key) WHERE state = 'waiting' AND unique_key IS NOT NULL
            DO UPDATE SET \(rule)
            RETURNING id
            """, as: ID<StoredJob>.self)
        return stored ?? id
    }

    private func insertion(_ id: ID<StoredJob>, at now: Instant) -> SQL {
        """
        INSERT INTO \(JobTable.table) AS known (organization_id, id, name, input, priority, run_at, unique_key,
            enqueued_by, created_at)
        VALUES (\(self.organization), \(id), \(self.name), \(self.input), \(self.priority.rawValue), \(self.runAt),
            \(self.uniqueness?.key), \(self.enqueuedBy), \(now))
        """
    }
}
