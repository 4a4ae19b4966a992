public import AlmanacStorage

/// What a table keeps about a person: for exporting it to them, and for erasing it.
///
/// Each table that names a person is declared once, also when nothing but ids is in it: then `columns` is empty, and
/// the rows are exported and kept. Names of people in the text of an object's own name belong here too.
public struct PersonalData: Sendable {
    /// What erasing a person does to their rows.
    public enum Erasure: Sendable {
        /// The columns are emptied and the row stays: a booking counts, whoever it was for. What may be NULL becomes
        /// NULL, other text `[erased]`, another document `{}`.
        case emptiesColumns
        /// The rows are removed.
        case removesRows
    }

    /// How rows lead to a person by way of another table of the same plugin.
    struct Detour: Sendable {
        /// The column of the table itself.
        let column: String
        /// The other table, which has the column that names the person.
        let table: Table
        /// The column of the other table that equals the table's own.
        let otherColumn: String
    }

    /// The table.
    public let table: Table
    /// The column that names the person; where the way leads by another table, it is that one's.
    public let person: String
    /// The columns that tell something about the person.
    public let columns: [String]
    /// Columns that a person is given with their data and that erasing leaves: dates, states, amounts.
    public let context: [String]
    /// What erasing the person does.
    public let erasure: Erasure
    let detour: Detour?

    /// Declares a table with a column that names the person.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - person: The column that holds the person's id.
    ///   - columns: The columns that tell something about the person.
    ///   - context: Columns that are exported beside them and never erased.
    ///   - erasure: What erasing the person does.
    public init(
        _ table: Table, person: StaticString, columns: [StaticString], context: [StaticString] = [],
        erasure: Erasure = .emptiesColumns
    ) {
        self.init(table, "\(person)", columns, context, erasure, nil)
    }

    /// Declares a table whose rows lead to a person by way of another table of the same plugin.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - column: Its column that leads to the other table.
    ///   - other: The other table.
    ///   - otherColumn: The column of the other table that equals `column`.
    ///   - person: The column of the other table that holds the person's id.
    ///   - columns: The columns of `table` that tell something about the person.
    ///   - context: Columns of `table` that are exported beside them and never erased.
    ///   - erasure: What erasing the person does.
    public init(
        _ table: Table, by column: StaticString, of other: Table, _ otherColumn: StaticString = "id",
        person: StaticString, columns: [StaticString], context: [StaticString] = [],
        erasure: Erasure = .emptiesColumns
    ) {
        self.init(
            table, "\(person)", columns, context, erasure,
            Detour(column: "\(column)", table: other, otherColumn: "\(otherColumn)"))
    }

    private init(
        _ table: Table, _ person: String, _ columns: [StaticString], _ context: [StaticString], _ erasure: Erasure,
        _ detour: Detour?
    ) {
        self.table = table
        self.person = person
        self.columns = columns.map { "\($0)" }
        self.context = context.map { "\($0)" }
        self.erasure = erasure
        self.detour = detour
    }

    /// The table's own column by which a row leads to a person.
    var ownColumn: String { self.detour?.column ?? self.person }

    /// The condition that a row belongs to a person.
    func belongs(to person: ID<Person>, in organization: OrganizationID) -> SQL {
        let own: SQL = "organization_id = \(organization)"
        guard let detour = self.detour else { return "\(own) AND \(SQL(unsafeSQL: self.person)) = \(person)" }
        return """
            \(own) AND \(SQL(unsafeSQL: detour.column)) IN (
                SELECT \(SQL(unsafeSQL: detour.otherColumn)) FROM \(detour.table)
                WHERE organization_id = \(organization) AND \(SQL(unsafeSQL: self.person)) = \(person))
            """
    }
}

extension PersonalData {
    /// What is wrong with a declaration of the plugin with these migrations, in sentences.
    func problems(in history: MigrationHistory) -> [String] {
        guard let layout = history.layout(of: self.table) else {
            return ["declares personal data in the table \(self.table.name), which its migrations do not make"]
        }
        var found = (self.columns + self.context).filter { layout.column($0) == nil }.map { self.missing($0) }
        if let detour = self.detour {
            if layout.column(detour.column) == nil { found.append(self.missing(detour.column)) }
            let other = history.layout(of: detour.table)
            for column in [detour.otherColumn, self.person] where other?.column(column) == nil {
                found.append(
                    "declares that \(self.table.name) leads to a person by \(detour.table.name).\(column), "
                        + "which its migrations do not make")
            }
        } else if layout.column(self.person) == nil {
            found.append(self.missing(self.person))
        }
        guard self.erasure == .emptiesColumns else { return found }
        return found
            + self.columns.compactMap { layout.column($0) }
            .filter { !$0.isOptional && ![.text, .json].contains($0.type) }
            .map {
                "declares personal data in \(self.table.name).\($0.name), which cannot be emptied: let it be "
                    + "optional, or let erasing remove the row"
            }
    }

    private func missing(_ column: String) -> String {
        "declares personal data in \(self.table.name).\(column), which its migrations do not make"
    }
}
