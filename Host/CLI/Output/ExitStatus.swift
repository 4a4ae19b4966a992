/// How the program ends, for scripts that call it.
enum ExitStatus: Int32, Sendable {
    /// It did what it was asked to.
    case fine = 0
    /// The world refused or failed: no database, a port in use, rows that are wrong.
    case failed = 1
    /// The arguments or the manifest are wrong.
    case misused = 2
}
