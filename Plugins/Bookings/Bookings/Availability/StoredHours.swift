internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Who has hours: providers, and rooms and vehicles, each in tables of their own that are alike.
protocol HoursOwner: SendableMetatype {
    /// Where the hours stand.
    static var hours: HoursTables { get }
}

/// The tables with the hours of one kind of owner.
struct HoursTables: Sendable {
    let rules: Table
    let overrides: Table
    let ranges: Table
    /// The column that names the owner.
    let owner: Columns
    /// The column that says where rules are spent, or what stands for it where none does.
    let location: Columns
}

extension Provider: HoursOwner {
    static let hours = HoursTables(
        rules: BookingsSchema.weeklyRule, overrides: BookingsSchema.dateOverride,
        ranges: BookingsSchema.dateOverrideRange, owner: ["provider_id"], location: ["location_id"])
}

extension Resource: HoursOwner {
    static let hours = HoursTables(
        rules: BookingsSchema.resourceRule, overrides: BookingsSchema.resourceOverride,
        ranges: BookingsSchema.resourceOverrideRange, owner: ["resource_id"], location: ["CAST(NULL AS uuid)"])
}

/// Reads and replaces the hours of owners of one kind, each in the caller's transaction.
enum StoredHours<Owner: HoursOwner> {
    // MARK: Reading

    /// The weekly rules, of everybody or of one owner, by weekday and beginning.
    static func rules(
        of owner: ID<Owner>? = nil, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [ID<Owner>: [WeeklyRule]] {
        let rows = try tx.fetchAll(
            """
            SELECT \(Owner.hours.owner), \(RuleRow.columns), \(Owner.hours.location) FROM \(Owner.hours.rules)
            WHERE organization_id = \(organization)\(self.condition(Owner.hours.owner, owner))
            ORDER BY weekday, start_time, valid_from
            """, as: RuleRow.self)
        return Dictionary(grouping: rows, by: \.owner).mapValues { $0.map(\.rule) }
    }

    /// The date overrides, of everybody or of one owner: one for each date, in order, with its hours in order.
    static func overrides(
        of owner: ID<Owner>? = nil, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [ID<Owner>: [DateOverride]] {
        let column = Owner.hours.owner.qualified(by: "o")
        let rows = try tx.fetchAll(
            """
            SELECT \(column), \(OverrideRow.columns) FROM \(Owner.hours.overrides) o
            LEFT JOIN \(Owner.hours.ranges) x ON x.organization_id = o.organization_id AND x.override_id = o.id
            WHERE o.organization_id = \(organization)\(self.condition(column, owner))
            ORDER BY o.date, x.start_time
            """, as: OverrideRow.self)
        return Dictionary(grouping: rows, by: \.owner).mapValues(Self.joined)
    }

    private static func condition(_ column: Columns, _ owner: ID<Owner>?) -> SQL {
        guard let owner else { return "" }
        return " AND \(column) = \(owner)"
    }

    private static func joined(_ rows: [OverrideRow]) -> [DateOverride] {
        var joined: [DateOverride] = []
        for row in rows {
            if joined.last?.date != row.date { joined.append(DateOverride(row.date, [])) }
            if let hours = row.hours { joined[joined.count - 1].hours.append(hours) }
        }
        return joined
    }

    /// A weekly rule behind its owner, whose column each kind calls by another name.
    private struct RuleRow: Record {
        static var columns: Columns { ["weekday", "start_time", "end_time", "valid_from", "valid_to"] }

        let owner: ID<Owner>
        let rule: WeeklyRule

        init(row: inout RowReader) throws {
            self.owner = try row.next()
            let weekday: Weekday = try row.next()
            let start: LocalTime = try row.next()
            let end: LocalTime = try row.next()
            let from: LocalDate? = try row.nextIfPresent()
            var rule = WeeklyRule(weekday, start, end, validFrom: from, validTo: try row.nextIfPresent())
            rule.location = try row.nextIfPresent()
            self.rule = rule
        }
    }

    /// One of the ranges of an override behind its owner; without times where the date is closed.
    private struct OverrideRow: Record {
        static var columns: Columns { ["o.date", "x.start_time", "x.end_time"] }

        let owner: ID<Owner>
        let date: LocalDate
        let hours: DateOverride.Hours?

        init(row: inout RowReader) throws {
            self.owner = try row.next()
            self.date = try row.next()
            let start: LocalTime? = try row.nextIfPresent()
            let end: LocalTime? = try row.nextIfPresent()
            if let start, let end { self.hours = DateOverride.Hours(start, end) } else { self.hours = nil }
        }
    }

    // MARK: Replacing

    /// Puts these rules in the place of those the owner had; the caller touches the catalog.
    static func replace(_ rules: [WeeklyRule], of id: ID<Owner>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            DELETE FROM \(Owner.hours.rules)
            WHERE organization_id = \(call.organization) AND \(Owner.hours.owner) = \(id)
            """)
        for rule in rules {
            let key: ID<WeeklyRule> = tx.id()
            try tx.post(
                """
                INSERT INTO \(Owner.hours.rules) (organization_id, id, \(Owner.hours.owner), weekday, start_time,
                    end_time, valid_from, valid_to)
                VALUES (\(call.organization), \(key), \(id), \(rule.weekday), \(rule.start), \(rule.end),
                    \(rule.validFrom), \(rule.validTo))
                """)
            guard let location = rule.location else { continue }
            try tx.post(
                """
                UPDATE \(Owner.hours.rules) SET \(Owner.hours.location) = \(location)
                WHERE organization_id = \(call.organization) AND id = \(key)
                """)
        }
    }

    /// Puts these overrides in the place of those the owner had; the caller touches the catalog.
    static func replace(_ overrides: [DateOverride], of id: ID<Owner>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            DELETE FROM \(Owner.hours.overrides)
            WHERE organization_id = \(call.organization) AND \(Owner.hours.owner) = \(id)
            """)
        for entry in overrides {
            let key: ID<DateOverride> = tx.id()
            try tx.post(
                """
                INSERT INTO \(Owner.hours.overrides) (organization_id, id, \(Owner.hours.owner), date)
                VALUES (\(call.organization), \(key), \(id), \(entry.date))
                """)
            for hours in entry.hours {
                try tx.post(
                    """
                    INSERT INTO \(Owner.hours.ranges) (organization_id, override_id, start_time, end_time)
                    VALUES (\(call.organization), \(key), \(hours.start), \(hours.end))
                    """)
            }
        }
    }
}
