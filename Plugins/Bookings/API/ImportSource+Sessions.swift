extension ImportSource {
    /// Rows of `sessions.csv`.
    public static let sessions = "sessions.csv"
}
