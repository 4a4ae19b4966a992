package import AlmanacStorage

/// When each schedule runs next, for each organization.
enum ScheduleTable {
    static let table = Table(.kernel, "schedule")

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("name", .text)
            Column("basis", .text)
            Column("next_at", .instant)
            Column("last_at", .instant, optional: true)
            PrimaryKey("name")
        },
        CreateIndex(on: Self.table, "next_at", acrossOrganizations: true),
    ]
}

/// When a schedule runs next for an organization, as it is stored.
package struct StoredSchedule: Record {
    package static let columns: Columns = ["organization_id", "name", "basis", "next_at", "last_at"]

    /// For whom.
    package let organization: OrganizationID
    /// Which schedule, as `plugin.schedule`.
    package let name: String
    /// The rule and the zone that the next instant was computed from.
    package let basis: String
    /// When it runs next.
    package let nextAt: Instant
    /// For when its last run was planned.
    package let lastAt: Instant?

    package init(row: inout RowReader) throws {
        self.organization = try row.next()
        self.name = try row.next()
        self.basis = try row.next()
        self.nextAt = try row.next()
        self.lastAt = try row.nextIfPresent()
    }
}
