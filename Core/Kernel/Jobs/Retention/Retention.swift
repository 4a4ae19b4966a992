public import AlmanacStorage

/// How long rows of a table are kept.
///
/// What has had its time is removed in the background, a few rows at a time, also while the plugin is switched off. An
/// index that begins with the column (``AlmanacStorage/CreateIndex`` with `acrossOrganizations`) keeps that cheap.
public struct Retention: Sendable {
    /// The table.
    public let table: Table
    /// The column that holds the instant from which the time counts; a row without one is kept.
    public let since: String
    /// Days after which a row is removed, at least 1.
    public let days: Int
    /// Declares the time.
    ///
    /// - Parameters:
    ///   - table: A table of the plugin, with a primary key.
    ///   - since: The column that holds the instant from which the time counts: when it was sent, or ended.
    ///   - days: Days after which a row is removed, at least 1.
    public init(_ table: Table, since: StaticString, days: Int) {
        self.table = table
        self.since = "\(since)"
        self.days = days
    }

    /// What is wrong with a declaration of the plugin with these migrations, in sentences.
    func problems(in history: MigrationHistory) -> [String] {
        guard let layout = history.layout(of: self.table) else {
            return ["declares how long \(self.table.name) is kept, which its migrations do not make"]
        }
        var found: [String] = []
        if layout.column(self.since)?.type != .instant {
            found.append("declares how long \(self.table.name) is kept since \(self.since), which is no instant of it")
        }
        if !(1...36_600 ~= self.days) {
            found.append("declares that \(self.table.name) is kept for \(self.days) days: say 1 to 36600")
        }
        if layout.key.isEmpty { found.append("declares how long \(self.table.name) is kept, which has no primary key") }
        return found
    }
}
