internal import AlmanacKernel
internal import AlmanacStorage

/// Which versions of the C libraries this program runs with.
///
/// What is wrong with one of them is said by the check of what uses it.
struct LibraryCheck: DoctorCheck {
    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        let versions = [
            "SQLite \(SQLiteInspection.libraryVersion)", "libpq \(PostgresInspection.libraryVersion)",
            "Argon2 \(PasswordHasher.algorithmVersion)", "almanac \(subject.blueprint.version)",
        ]
        return [.ok("libraries", versions.joined(separator: ", "))]
    }
}
