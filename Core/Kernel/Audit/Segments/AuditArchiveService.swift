/// Archives old months of the audit log for as long as the host runs.
struct AuditArchiveService: Sendable {
    private let log: AuditLog

    init(_ log: AuditLog) { self.log = log }

    /// Looks each hour, and goes on at once while something is due; so that deleting takes but a part of the time of
    /// SQLite's one writer, there is a pause between two steps.
    var work: BackgroundWork {
        let desk = Desk(self.log)
        return .housekeeping("audit-archive", everySeconds: 3_600, limit: .seconds(600)) {
            guard let archiver = try await desk.archiver else { return false }
            return try await archiver.step().hasMore
        }
    }

    /// Keeps the archiver from step to step: it remembers which files it has examined.
    private actor Desk {
        private let log: AuditLog
        private var made: AuditArchiver?

        init(_ log: AuditLog) { self.log = log }

        var archiver: AuditArchiver? {
            get throws {
                if self.made == nil { self.made = try self.log.makeArchiver() }
                return self.made
            }
        }
    }
}
