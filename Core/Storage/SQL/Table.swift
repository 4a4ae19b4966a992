/// The fixed name of a table in one plugin's room.
///
/// A table is written into a statement as a value (`"SELECT … FROM \(Booking.table)"`), never as text, so that the
/// engine can place it in its schema and knows which statements touch business data.
public struct Table: Sendable, Hashable {
    /// Whose rows a table holds.
    public enum Ownership: Sendable, Hashable {
        /// Each row belongs to one organization. The table has the column `organization_id`, its keys begin with it,
        /// and a statement that does not constrain it is refused.
        case organization
        /// Rows belong to the deployment as a whole: migrations, users that may sign in to several organizations.
        case deployment
    }

    /// The room.
    public let namespace: Namespace
    /// The name inside the room, in snake_case.
    public let name: String
    /// Whose rows the table holds.
    public let ownership: Ownership

    /// Names a table.
    ///
    /// - Parameters:
    ///   - namespace: The room of the plugin that owns the table.
    ///   - name: The name inside the room, in snake_case and singular.
    ///   - ownership: Whose rows it holds; business tables belong to an organization.
    public init(_ namespace: Namespace, _ name: StaticString, ownership: Ownership = .organization) {
        self.namespace = namespace
        self.name = "\(name)"
        self.ownership = ownership
    }

    /// The name on SQLite: one file, so the room is a prefix.
    var sqliteName: String { "\(self.namespace.name)_\(self.name)" }
    /// The name on PostgreSQL: the room is a schema.
    var postgresName: String { "\(self.namespace.name).\(self.name)" }
}
