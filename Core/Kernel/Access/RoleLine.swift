internal import AlmanacStorage

/// One rule that a role has itself or inherits, or that it inherits from a role without rules.
struct RoleLine: Record {
    static let columns: Columns = ["role", "pattern", "scope"]

    /// The name of the role whose rule it is.
    let role: String
    /// Which permissions, as they are stored; `nil` when that role has no rules.
    let pattern: String?
    /// How far they reach; `nil` when that role has no rules.
    let scope: AccessScope?

    init(row: inout RowReader) throws {
        self.role = try row.next()
        self.pattern = try row.nextIfPresent()
        self.scope = try row.nextIfPresent()
    }
}
