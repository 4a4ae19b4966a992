/// Which release this program is.
public enum ProgramVersion {
    /// The version as Semantic Versioning 2.0.0 writes it.
    public static let current = "0.1.0"
}
