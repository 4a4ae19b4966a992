internal import AlmanacKernel
internal import AlmanacStorage

/// Whether the database answers, and what it says of itself.
struct DatabaseCheck: DoctorCheck {
    static let reachable = "database.reachable"

    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        switch subject.blueprint.manifest.storage {
        case .sqlite(let settings): return SQLiteCheck(path: settings.path).findings(subject)
        case .postgres(let settings): return await PostgresCheck(settings: settings).findings(subject)
        }
    }

    /// The database could not be asked.
    static func failure(_ error: any Error) -> Finding {
        let reason = error.storageError?.message ?? "\(error)"
        return .problem(
            Self.reachable, "the database cannot be examined: \(reason)",
            advice: "make it reachable as `storage` in the manifest says, and run this again")
    }
}
