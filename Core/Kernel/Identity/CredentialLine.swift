internal import AlmanacStorage

/// A session or an API key, or one of the things that its user has.
///
/// Both are asked for in one statement: on PostgreSQL each question costs a round trip, and nothing else of it takes as
/// long.
enum CredentialLine<Credential: Record>: Record {
    static var columns: Columns { Credential.columns }

    case credential(Credential)
    case standing(StandingLine)

    init(row: inout RowReader) throws {
        if let line = try StandingLine(ifPresentIn: &row) {
            self = .standing(line)
        } else {
            self = .credential(try Credential(row: &row))
        }
    }

    /// Finds a credential and all that its user has.
    ///
    /// - Parameters:
    ///   - credential: Selects the columns of the credential, `organization_id` and `user_id` among them; at most one row.
    ///   - tx: The transaction.
    /// - Returns: The credential with the roles and grants of its user that are not over, or `nil` when there is none.
    /// - Throws: ``AlmanacStorage/StorageError``; an error when a column cannot be read.
    static func fetch(
        _ credential: SQL, in tx: ReadTransaction
    ) throws -> (credential: Credential, lines: [StandingLine])? {
        var found: Credential?
        var lines: [StandingLine] = []
        for line in try tx.fetchAll(Self.statement(credential, at: tx.now), as: Self.self) {
            switch line {
            case .credential(let credential): found = credential
            case .standing(let line): lines.append(line)
            }
        }
        return found.map { ($0, lines) }
    }

    /// Whose lines they are is asked for by subqueries and not by joins, for which SQLite would read whole tables to
    /// build a Bloom filter.
    private static func statement(_ credential: SQL, at now: Instant) -> SQL {
        let nothing = SQL(unsafeSQL: Credential.columns.names.map { _ in "NULL" }.joined(separator: ", "))
        let organization: SQL = "(SELECT f.organization_id FROM found f)"
        let user: SQL = "(SELECT f.user_id FROM found f)"
        return """
            WITH found AS (\(credential))
            SELECT NULL AS what, NULL AS scope, NULL AS expires_at, f.* FROM found f
            UNION ALL
            SELECT g.pattern, g.scope, g.expires_at, \(nothing) FROM \(AccessSchema.grant) g
            WHERE g.organization_id = \(organization) AND g.user_id = \(user)
                AND (g.expires_at IS NULL OR g.expires_at > \(now))
            UNION ALL
            SELECT r.role, NULL, NULL, \(nothing) FROM \(UserRole.table) r
            WHERE r.organization_id = \(organization) AND r.user_id = \(user)
            """
    }
}
