internal import AlmanacStorage

/// A session or an API key, or one of the things that its user has.
///
/// All are asked for in one statement: on PostgreSQL each question costs a round trip, and nothing else of it takes as
/// long, least of all where the processors are busy or the server is another machine.
enum CredentialLine<Credential: Record>: Record {
    static var columns: Columns { Credential.columns }

    case credential(Credential)
    case standing(StandingLine)
    /// What one of the user's roles, which is named first, has or inherits.
    case rule(Role, RoleLine)

    init(row: inout RowReader) throws {
        if let root: String = try row.nextIfPresent() {
            self = .rule(Role(root), try RoleLine(row: &row))
            return
        }
        try row.skip()
        if let line = try StandingLine(ifPresentIn: &row) {
            self = .standing(line)
        } else {
            self = .credential(try Credential(row: &row))
        }
    }

    /// A credential with all that its user has and that is not over.
    struct Found {
        let credential: Credential
        /// The roles and direct grants of the user.
        let standing: [StandingLine]
        /// The rules of those roles, with what they inherit, where they were asked for.
        let rules: [Role: [RoleLine]]
    }

    /// Finds a credential and all that its user has.
    ///
    /// - Parameters:
    ///   - credential: Selects the columns of the credential, `organization_id` and `user_id` among them; at most one row.
    ///   - readsRules: Whether to read the rules of the user's roles too.
    ///   - tx: The transaction.
    /// - Returns: What was found, or `nil` when there is no such credential.
    /// - Throws: ``AlmanacStorage/StorageError``; an error when a column cannot be read.
    static func fetch(_ credential: SQL, withRules readsRules: Bool, in tx: ReadTransaction) throws -> Found? {
        var found: Credential?
        var lines: [StandingLine] = []
        var rules: [Role: [RoleLine]] = [:]
        let statement = Self.statement(credential, withRules: readsRules, at: tx.now)
        for line in try tx.fetchAll(statement, as: Self.self) {
            switch line {
            case .credential(let credential): found = credential
            case .standing(let line): lines.append(line)
            case .rule(let role, let line): rules[role, default: []].append(line)
            }
        }
        lines += rules.keys.map { StandingLine($0) }
        return found.map { Found(credential: $0, standing: lines, rules: rules) }
    }

    /// Whose lines they are is asked for by subqueries and not by joins, for which SQLite would read whole tables to
    /// build a Bloom filter.
    private static func statement(_ credential: SQL, withRules readsRules: Bool, at now: Instant) -> SQL {
        let theirs: SQL = """
            organization_id = (SELECT f.organization_id FROM found f) AND user_id = (SELECT f.user_id FROM found f)
            """
        let nothing = SQL(unsafeSQL: Credential.columns.names.map { _ in "NULL" }.joined(separator: ", "))
        let roles: SQL =
            readsRules
            ? """
            SELECT chain.root, chain.role, r.pattern, r.scope, NULL, \(nothing) FROM chain
            LEFT JOIN \(AccessSchema.rule) r ON r.organization_id = chain.organization_id AND r.role = chain.role
            """
            : "SELECT NULL, NULL, r.role, NULL, NULL, \(nothing) FROM \(UserRole.table) r WHERE \(theirs)"
        return """
            WITH RECURSIVE found AS (\(credential))\(readsRules ? Self.chain(of: theirs) : "")
            SELECT NULL AS root, NULL AS role, NULL AS what, NULL AS scope, NULL AS expires_at, f.* FROM found f
            UNION ALL
            SELECT NULL, NULL, g.pattern, g.scope, g.expires_at, \(nothing) FROM \(AccessSchema.grant) g
            WHERE \(theirs) AND (g.expires_at IS NULL OR g.expires_at > \(now))
            UNION ALL
            \(roles)
            """
    }

    /// A recursive expression `chain`: the roles of a user, each with all that it inherits from.
    ///
    /// `UNION` ends it also where roles should inherit from each other.
    private static func chain(of user: SQL) -> SQL {
        """
        , chain AS (
            SELECT r.organization_id, r.role AS root, r.role FROM \(UserRole.table) r WHERE \(user)
            UNION
            SELECT p.organization_id, chain.root, p.parent FROM \(AccessSchema.parent) p
            JOIN chain ON p.organization_id = chain.organization_id AND p.role = chain.role
        )
        """
    }
}
