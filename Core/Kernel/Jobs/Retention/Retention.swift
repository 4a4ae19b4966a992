public import AlmanacStorage

/// How long rows of a table are kept, and what is kept of them afterwards.
///
/// ```swift
/// Retention(Self.delivery, since: "finished_at", days: 90, archiveDays: 2 * 365, omitting: ["response"])
/// ```
///
/// What has had its time is removed in the background, a few rows at a time, also while the plugin is switched off. An
/// index that begins with the column (``AlmanacStorage/CreateIndex`` with `acrossOrganizations`) keeps that cheap. A row
/// at which rows of other tables of the plugin point (``AlmanacStorage/ForeignKey`` that restricts) stays until they are
/// gone. Operators may choose other times in the manifest.
///
/// Where the declaration says so, removed rows are kept compressed, in the transaction that removes them, and can be
/// searched by operators. What the plugin declares as personal data or as encrypted is left out of that: who was erased
/// is in no archive.
public struct Retention: Sendable {
    /// The table.
    public let table: Table
    /// The column that holds the instant from which the time counts; a row without one is kept.
    public let since: String
    /// Days after which a row is removed, at least 1.
    public let days: Int
    /// Days for which removed rows are kept compressed, from their removal on; `nil` when they are gone for good.
    public let archiveDays: Int?
    /// A column that holds an instant before which a row is kept in any case; one without stays as long as others.
    public let until: String?
    /// Columns that are left out of what is archived, besides those that are declared as personal or encrypted.
    public let omitted: [String]

    /// Declares the time.
    ///
    /// - Parameters:
    ///   - table: A table of the plugin, with a primary key.
    ///   - since: The column that holds the instant from which the time counts: when it was sent, or ended.
    ///   - days: Days after which a row is removed, 1 to 36600.
    ///   - archiveDays: Days for which removed rows are kept compressed, 1 to 36600; `nil` when they are gone for good.
    ///   - until: The column that holds an instant before which a row is kept in any case: the end of what it is about.
    ///   - omitting: Columns that are left out of what is archived: those that would lead to a person in the end, as a
    ///     text that others wrote. What is declared as personal data or as encrypted is left out by itself.
    public init(
        _ table: Table, since: StaticString, days: Int, archiveDays: Int? = nil, until: StaticString? = nil,
        omitting: [StaticString] = []
    ) {
        self.table = table
        self.since = "\(since)"
        self.days = days
        self.archiveDays = archiveDays
        self.until = until.map { "\($0)" }
        self.omitted = omitting.map { "\($0)" }
    }

    static let dayRange = 1...36_600

    /// What is wrong with a declaration of the plugin with these migrations, in sentences.
    func problems(in history: MigrationHistory) -> [String] {
        guard let layout = history.layout(of: self.table) else {
            return ["declares how long \(self.table.name) is kept, which its migrations do not make"]
        }
        var found: [String] = []
        if layout.column(self.since)?.type != .instant {
            found.append("declares how long \(self.table.name) is kept since \(self.since), which is no instant of it")
        }
        if !Self.dayRange.contains(self.days) {
            found.append("declares that \(self.table.name) is kept for \(self.days) days: say 1 to 36600")
        }
        if let until = self.until, layout.column(until)?.type != .instant {
            found.append("declares that \(self.table.name) is kept until \(until), which is no instant of it")
        }
        for name in self.omitted where layout.column(name) == nil {
            found.append("declares that \(self.table.name) is archived without \(name), which is no column of it")
        }
        if layout.key.isEmpty { found.append("declares how long \(self.table.name) is kept, which has no primary key") }
        guard let archiveDays = self.archiveDays else { return found }
        if !Self.dayRange.contains(archiveDays) {
            found.append("declares that \(self.table.name) is archived for \(archiveDays) days: say 1 to 36600")
        }
        if self.table.ownership != .organization {
            found.append("declares that \(self.table.name) is archived, which belongs to no organization")
        }
        return found
    }
}
