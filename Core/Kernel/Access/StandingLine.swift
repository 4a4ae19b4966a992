internal import AlmanacStorage

/// One thing that a user has: a role, or a rule with its end.
struct StandingLine: Record {
    static let columns: Columns = ["what", "scope", "expires_at"]

    /// The name of the role, or the pattern of the rule.
    let what: String
    /// How far the rule reaches; `nil` for a role.
    let scope: AccessScope?
    /// When the rule is over, if ever.
    let expiresAt: Instant?

    /// Tells that somebody has a role.
    init(_ role: Role) {
        self.what = role.name
        self.scope = nil
        self.expiresAt = nil
    }

    init(row: inout RowReader) throws {
        guard let line = try Self(ifPresentIn: &row) else { throw UnreadableRule("") }
        self = line
    }

    /// Reads the columns of an outer join.
    init?(ifPresentIn row: inout RowReader) throws {
        let what: String? = try row.nextIfPresent()
        self.scope = try row.nextIfPresent()
        self.expiresAt = try row.nextIfPresent()
        guard let what else { return nil }
        self.what = what
    }
}
