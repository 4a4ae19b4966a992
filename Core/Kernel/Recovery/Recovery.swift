package import AlmanacStorage

/// Makes a database that came out of a backup fit to be served.
///
/// A backup brings everything back as it was, also what has been ended since. What could be used against people is not
/// let live again: sessions, and what was mailed to be sent back once. Passwords, roles, API keys and second factors are
/// those of the backup's time; who was shut out after it can come in again, so an operator has to look.
package struct Recovery: Sendable {
    /// What was done.
    package struct Outcome: Sendable, Equatable {
        /// How many sessions were ended.
        package var sessions = 0
        /// How many tokens of registrations, new passwords, new addresses and OpenID sign-ins were removed.
        package var tokens = 0
        /// How many API keys work; those that were revoked after the backup are among them.
        package var apiKeys = 0
    }

    private static let scope = Scope.system(SystemScope("settle a restored database"))

    private let database: Database

    package init(_ database: Database) { self.database = database.entering(.kernel) }

    /// Settles a restored database: ends sessions, removes tokens, lets the sealer look at all audit entries anew, holds
    /// deliveries, and says so in the audit log of each organization; all of it or nothing.
    ///
    /// - Parameters:
    ///   - madeAt: When the backup was made; `nil` when the database came back by other means, to a moment that is not
    ///     known.
    ///   - actor: Who restores.
    /// - Returns: What was done.
    /// - Throws: What the database throws; then the database is as it was.
    package func settle(backupOf madeAt: Instant?, by actor: String) async throws -> Outcome {
        let isShared = self.database.engine.name == "postgres"
        return try await self.database.write(in: Self.scope) { tx in
            var outcome = Outcome()
            outcome.sessions = try tx.execute(
                "UPDATE \(Session.table) SET revoked_at = \(tx.now) WHERE revoked_at IS NULL")
            for table in [AccountToken.table, OIDCAttempt.table] {
                outcome.tokens += try tx.execute("DELETE FROM \(table) WHERE expires_at > \(tx.now)")
            }
            outcome.apiKeys =
                try tx.value(
                    "SELECT count(*) FROM \(APIKey.table) WHERE revoked_at IS NULL AND expires_at > \(tx.now)") ?? 0
            // Marks of the order of commits belong to the cluster in which they were made.
            if isShared {
                var cursor = try SealCursor.read(in: tx.reading)
                cursor.rewind()
                try cursor.save(in: tx)
            }
            let source = madeAt.map { "the backup of \($0.rfc3339)" } ?? "elsewhere"
            try DeliveryHold.hold("restored from \(source)", in: tx)
            try Self.audit(
                "kernel.deployment.restored", by: actor,
                detail: [
                    "backup": madeAt.map { .string($0.rfc3339) } ?? .null,
                    "sessionsEnded": .number(JSONNumber(outcome.sessions)),
                ], in: tx)
            return outcome
        }
    }

    /// What stands in some tables of a database to which another one was moved, instead of what the other one has.
    ///
    /// How far entries were sealed is counted in marks of the database in which they were written.
    package static var replacements: [TableCopy.Replacement] {
        [
            TableCopy.Replacement(
                SealCursor.table,
                rows: [
                    ["id": .integer(1), "commit_mark": .integer(0), "entry_id": .uuid(0, 0), "is_rescan": .bool(true)]
                ]),
            TableCopy.Replacement(SharedLimits.table, rows: []),
        ]
    }

    /// Leaves an entry in the audit log of each organization.
    static func audit(_ action: String, by actor: String, detail: JSON, in tx: Transaction) throws {
        let organizations = try tx.values("SELECT id FROM \(Organization.table) ORDER BY id", as: OrganizationID.self)
        for organization in organizations {
            try AuditTrail.append(
                AuditEntry(
                    id: tx.id(), at: tx.now, organization: organization, actor: actor, action: action, object: nil,
                    isSuccess: true, origin: Origin(.cli), detail: detail),
                in: tx)
        }
    }
}
