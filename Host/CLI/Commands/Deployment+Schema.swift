internal import AlmanacAssembly
internal import AlmanacStorage

extension Deployment {
    /// Refuses to work on a database that was not brought up to date: what it lacks would be told as an error of SQL.
    ///
    /// - Throws: ``CommandFailure`` that says what to run.
    func requireMigrated() async throws {
        guard try await self.migrationStatus().allSatisfy(\.pending.isEmpty) else {
            throw CommandFailure.notMigrated
        }
    }
}

extension CommandFailure {
    /// The database is not there, or lacks something.
    static let notMigrated = CommandFailure(
        "almanac: the database is not up to date: run `almanac migrate` first", status: .failed)
}
