extension ImportSource {
    /// Rows of `resources.csv`.
    public static let resources = "resources.csv"
}
