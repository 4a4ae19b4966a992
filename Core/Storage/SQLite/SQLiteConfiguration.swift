/// How a SQLite database is opened.
public struct SQLiteConfiguration: Sendable {
    /// When a commit counts as safe.
    public enum Durability: String, Sendable, CaseIterable {
        /// After the file system has confirmed it: survives a power cut. The default.
        case full = "FULL"
        /// Before: a power cut may lose the last commits, though never corrupt the file.
        case normal = "NORMAL"
    }

    /// The database file; its folder is created when it is missing.
    public var path: String
    /// When a commit counts as safe.
    public var durability: Durability
    /// How many connections read at once, 1…64.
    public var readers: Int
    /// What this process is, for the message that a second writer gets: `almanac serve`.
    public var purpose: String

    /// Describes a database file.
    public init(path: String, durability: Durability = .full, readers: Int = 4, purpose: String = "almanac") {
        self.path = path
        self.durability = durability
        self.readers = min(max(readers, 1), 64)
        self.purpose = purpose
    }
}
