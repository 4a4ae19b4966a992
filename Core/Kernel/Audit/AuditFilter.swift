package import AlmanacStorage

/// Which entries of the audit log are meant; every condition that is stated must hold.
package struct AuditFilter: Sendable, Equatable {
    /// Who did it, as ``Principal/name``.
    package var actor: String?
    /// As whom it was done, as ``Principal/name``.
    package var onBehalfOf: String?
    /// What was done.
    package var action: String?
    /// The kind of thing it was done to.
    package var objectType: String?
    /// The thing it was done to.
    package var objectID: String?
    /// The network address it came from, as it was written down; what was erased or archived is not found by it.
    package var address: String?
    /// Whether it was done, or refused.
    package var isSuccess: Bool?
    /// The first instant.
    package var from: Instant?
    /// The first instant that is too late.
    package var to: Instant?

    /// Every entry.
    package init() {}

    /// The conditions on a table of seals or of entries, whose columns have the same names; each begins with `AND`.
    ///
    /// - Parameters:
    ///   - alias: The name under which the table stands in the statement.
    ///   - hasAddress: Whether the table knows addresses; otherwise that condition is left out.
    /// - Returns: The conditions, or nothing when every entry is meant.
    func conditions(on alias: StaticString, hasAddress: Bool = true) -> SQL {
        var conditions: SQL = ""
        func require(_ column: StaticString, _ sign: StaticString, _ value: (some ColumnValue)?) {
            guard let value else { return }
            conditions.append("\(SQL(unsafeSQL: " AND \(alias).\(column) \(sign) "))\(value)")
        }
        require("actor", "=", self.actor)
        require("on_behalf_of", "=", self.onBehalfOf)
        require("action", "=", self.action)
        require("object_type", "=", self.objectType)
        require("object_id", "=", self.objectID)
        if hasAddress { require("address", "=", self.address) }
        require("is_success", "=", self.isSuccess)
        require("at", ">=", self.from)
        require("at", "<", self.to)
        return conditions
    }
}
