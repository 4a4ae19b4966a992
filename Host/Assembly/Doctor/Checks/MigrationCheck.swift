internal import AlmanacStorage

/// Whether the schema is the one that this program declares.
enum MigrationCheck {
    static let name = "database.migrations"

    static func findings(_ reports: [MigrationInspection.Report]) -> [Finding] {
        var findings: [Finding] = []
        for report in reports {
            if !report.edited.isEmpty {
                findings.append(
                    .problem(
                        self.name, "\(report.plugin): changed after they had been applied: \(self.list(report.edited))",
                        advice: "start the version of the program that applied them; a changed migration never runs"))
            }
            if !report.unknown.isEmpty {
                findings.append(
                    .problem(
                        self.name, "\(report.plugin): this program does not know \(self.list(report.unknown))",
                        advice: "start the newer version that applied them, or restore a backup made before"))
            }
            if !report.pending.isEmpty {
                findings.append(
                    .problem(
                        self.name, "\(report.plugin): not applied yet: \(self.list(report.pending))",
                        advice: "run `almanac migrate`; `almanac serve` does it too when it starts"))
            }
        }
        for report in reports {
            if !report.failures.isEmpty {
                findings.append(
                    .problem(
                        self.name, "\(report.plugin): a backfill fails: \(self.list(report.failures))",
                        advice: "do what it says; servers try again by themselves, `almanac migrate --finish` at once"))
            }
            if !report.outstanding.isEmpty {
                findings.append(
                    .warning(
                        self.name, "\(report.plugin): left for later: \(self.list(report.outstanding))",
                        advice: "`almanac migrate --status` says what each waits for; servers do them by themselves"))
            }
        }
        let count = reports.reduce(0) { $0 + $1.applied }
        return findings.isEmpty ? [.ok(self.name, "all \(count) migrations are applied, none was changed")] : findings
    }

    private static func list(_ names: [String]) -> String { names.map { "“\($0)”" }.joined(separator: ", ") }
}
