internal import AlmanacStorage

/// The tables of roles and grants.
///
/// Every one is read by its key: what a user may do is found without looking at another user's rows, however many roles
/// and users an organization has.
enum AccessSchema {
    /// Roles that an organization has made, and what it has changed of the built-in ones.
    static let role = Table(.kernel, "role")
    /// Which roles a role inherits from.
    static let parent = Table(.kernel, "role_parent")
    /// What a role permits besides what plugins declare for it.
    static let rule = Table(.kernel, "role_rule")
    /// What is granted to a user directly.
    static let grant = Table(.kernel, "user_grant")
    /// How often the roles of an organization have changed.
    static let epoch = Table(.kernel, "access_epoch")

    static let migrationSteps: [any MigrationStep] =
        [
            CreateTable(Self.role) {
                Column("name", .text)
                Column("title", .text)
                Column("summary", .text)
                Column("is_system", .boolean)
                Column("version", .integer)
                Column("created_at", .instant)
                Column("created_by", .text)
                PrimaryKey("name")
            },
            CreateTable(Self.parent) {
                Column("role", .text)
                Column("parent", .text)
                PrimaryKey("role", "parent")
            },
            CreateIndex(on: Self.parent, "parent"),
            CreateTable(Self.rule) {
                Column("role", .text)
                Column("pattern", .text)
                Column("scope", .text)
                PrimaryKey("role", "pattern")
            },
            CreateTable(Self.grant) {
                Column("user_id", .uuid)
                Column("grant_id", .uuid)
                Column("pattern", .text)
                Column("scope", .text)
                Column("expires_at", .instant, optional: true)
                Column("reason", .text)
                Column("granted_by", .text)
                Column("created_at", .instant)
                PrimaryKey("user_id", "grant_id")
                ForeignKey("user_id", references: User.table, onDelete: .cascade)
            },
            CreateTable(Self.epoch) {
                Column("epoch", .integer)
                PrimaryKey()
            },
            CreateIndex(on: UserRole.table, "role", "user_id"),
            AddColumn(Column("granted_by", .text, optional: true), to: UserRole.table),
            AddColumn(Column("disabled_at", .instant, optional: true), to: Person.table),
            AddColumn(Column("access_version", .integer, default: "1"), to: Person.table),
            AddColumn(Column("impersonator_id", .uuid, optional: true), to: Session.table),
            AddColumn(Column("impersonation_reason", .text, optional: true), to: Session.table),
        ] + Invitation.migrationSteps
}

/// Makes changes of who may do what in one organization wait for each other.
///
/// What they must keep true speaks of several rows at once: that no role inherits from itself, that somebody runs the
/// organization, that nobody gives what they have just lost. One lock an organization is what all of it rests on.
enum AccessLock {
    static func take(for organization: OrganizationID, in tx: Transaction) throws {
        try tx.lock([LockKey("access", organization)])
    }
}
